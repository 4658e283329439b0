// The C# kit as a program uses it, compiled with Shmpix.cs. A line of tab-separated words for each request, answered by one
// line: "ok ..." or "error CODE sentence".
//
//     write KEY PROTOCOL FILE LAYOUT     shares a BMP file, LAYOUT may be empty; ok BYTES LAYOUT
//     close KEY
//     read KEY PROTOCOL LAYOUT FILE      saves what is shared as BMP; ok WIDTHxHEIGHT TYPE
//     hostile SEED                       decodes a thousand damaged pictures; ok
using System;
using System.Collections.Generic;
using System.IO;
using Shmpix;

internal static class CSharpKit
{
    private static readonly Dictionary<string, Segment> Segments = new Dictionary<string, Segment>();

    private static void Main()
    {
        for (string line = Console.In.ReadLine(); line != null; line = Console.In.ReadLine())
        {
            string answer;
            try
            {
                answer = "ok " + Answer(line.Split('\t'));
            }
            catch (ShmpixException error)
            {
                answer = "error " + error.Code + " " + error.Message;
            }
            Console.Out.WriteLine(answer);
            Console.Out.Flush();
        }
        foreach (Segment segment in Segments.Values)
        {
            segment.Dispose();
        }
    }

    private static string Answer(string[] words)
    {
        switch (words[0])
        {
        case "write":
            return Write(words[1], words[2], words[3], words[4] == "" ? null : words[4]);
        case "close":
            Segments[words[1]].Dispose();
            Segments.Remove(words[1]);
            return "";
        case "read":
            Picture picture = Segment.Read(words[1], words[2], words[3] == "" ? null : words[3]);
            File.WriteAllBytes(words[4], Protocols.Encode(picture, "bmp"));
            return picture.Width + "x" + picture.Height + " " + picture.ColorType;
        case "hostile":
            return Hostile(new Random(int.Parse(words[1])));
        default:
            throw new ArgumentException(words[0]);
        }
    }

    private static string Write(string key, string protocol, string file, string layout)
    {
        Picture picture = Protocols.Decode(File.ReadAllBytes(file), "bmp");
        Segment segment;
        if (!Segments.TryGetValue(key, out segment))
        {
            segment = new Segment(key);
        }
        long bytes = segment.Write(picture, protocol, layout);
        Segments[key] = segment;
        return bytes + " " + segment.Layout;
    }

    private static string Hostile(Random random)
    {
        foreach (ColorType type in new[] { ColorType.Gray8, ColorType.Rgb888x, ColorType.Bgra8888 })
        {
            var pixels = new byte[11 * 7 * (type == ColorType.Gray8 ? 1 : 4)];
            random.NextBytes(pixels);
            foreach (string protocol in new[] { "bmp", "rawsize" })
            {
                byte[] sound = Protocols.Encode(new Picture(11, 7, type, pixels), protocol);
                for (int i = 0; i < 500; ++i)
                {
                    var bytes = (byte[])sound.Clone();
                    for (int n = random.Next(1, 4); n > 0; --n)
                    {
                        bytes[random.Next(Math.Min(bytes.Length, 80))] = (byte)(n % 2 == 0 ? 255 : random.Next(256));
                    }
                    Array.Resize(ref bytes, i % 3 == 0 ? random.Next(bytes.Length) : bytes.Length);
                    foreach (string read in new[] { "auto", "bmp", "rawsize" })
                    {
                        try
                        {
                            Protocols.Decode(bytes, read);
                        }
                        catch (ShmpixException error)
                        {
                            if (error.Code != 5)
                            {
                                throw;
                            }
                        }
                    }
                }
            }
        }
        return "";
    }
}
