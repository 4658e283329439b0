// A program that uses the C# kit, compiled with Shmpix.cs. Each request is a line of tab-separated words, answered by one line:
// "ok ..." or "error CODE sentence".
//
//     write KEY PROTOCOL FILE LAYOUT     shares a BMP file, LAYOUT may be empty; ok BYTES LAYOUT
//     close KEY
//     read KEY PROTOCOL LAYOUT FILE      saves what is shared as BMP; ok WIDTHxHEIGHT TYPE
//     hostile SEED                       decodes a thousand damaged pictures; ok
//
// Live frames; the bytes of a frame are those of tests/support/framepattern.h for its number:
//
//     frames KEY LAYOUT NUMBER COUNT TEXT [checksums]    writes frames NUMBER, NUMBER + 1 ...; ok NEWEST; # is the number
//     end KEY                            closes the stream
//     frame KEY MILLISECONDS             the newest frame; ok LAYOUT NUMBER COUNT MISSED same|other TEXT, or none
//     golden KEY                         the newest frame; ok COUNT NUMBER CAPTURED CRC-32 LAYOUT TEXT
//     foreach KEY COUNT                  frames of a loop, until so many or the end; ok NUMBERS end|more
//     leave KEY                          closes the reader; ok FRAMES TORN DAMAGED
//     flood KEY LAYOUT COUNT             writes frames 0 to 7 again and again, with no pause, to a ring of 3; ok COUNT
//     maps KEY                           from now on as on Windows: named maps, which Mono has within a process; frames
//                                        from a writer to a reader, which moves and closes; ok FRAMES end
//     drink KEY COUNT                    reads so many into one array, or to the end; ok WRONG
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Threading;
using Shmpix;

internal static class CSharpKit
{
    private static readonly Dictionary<string, Segment> Segments = new Dictionary<string, Segment>();
    private static readonly Dictionary<string, LiveWriter> Writers = new Dictionary<string, LiveWriter>();
    private static readonly Dictionary<string, LiveReader> Readers = new Dictionary<string, LiveReader>();

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
        foreach (LiveWriter writer in Writers.Values)
        {
            writer.Dispose();
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
        case "frames":
            return Frames(words[1], Layout.Parse(words[2]), ulong.Parse(words[3]), int.Parse(words[4]), words[5],
                          words.Length > 6);
        case "end":
            Writers[words[1]].Dispose();
            Writers.Remove(words[1]);
            return "";
        case "frame":
            return Frame(ReaderOf(words[1]).Read(int.Parse(words[2])));
        case "golden":
            LiveFrame golden = ReaderOf(words[1]).Read();
            return golden.Count + " " + golden.Number + " " + golden.Captured + " " +
                   Crc32.Of(golden.Bytes, golden.Bytes.Length).ToString("x") + " " + golden.Layout + " " + golden.Text;
        case "foreach":
            return ForEach(ReaderOf(words[1]), int.Parse(words[2]));
        case "leave":
            LiveReader left = ReaderOf(words[1]);
            left.Dispose();
            Readers.Remove(words[1]);
            return left.Frames + " " + left.Torn + " " + left.Damaged;
        case "flood":
            return Flood(words[1], Layout.Parse(words[2]), int.Parse(words[3]));
        case "maps":
            return Maps(words[1]);
        case "drink":
            return Drink(Readers[words[1]] = new LiveReader(words[1], true), int.Parse(words[2]));
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

    private static byte[] Pattern(ulong number, long count)
    {
        var bytes = new byte[count];
        for (long at = 0; at < count; at += 8)
        {
            ulong word = unchecked((number + 1) * 0x9e3779b97f4a7c15 ^ (ulong)at * 0xc2b2ae3d27d4eb4f);
            for (int i = 0; i < 8 && at + i < count; ++i)
            {
                bytes[at + i] = (byte)(word >> 8 * i);
            }
        }
        return bytes;
    }

    private static string Frames(string key, Layout layout, ulong number, int count, string text,
                                 bool checksums)
    {
        LiveWriter writer;
        if (!Writers.TryGetValue(key, out writer))
        {
            writer = new LiveWriter(key, checksums: checksums);
        }
        ulong newest = 0;
        for (; count > 0; --count, ++number)
        {
            newest = writer.Write(layout, Pattern(number, layout.Bytes), number, text == "#" ? number.ToString() : text);
        }
        Writers[key] = writer;
        return newest.ToString();
    }

    private static LiveReader ReaderOf(string key)
    {
        LiveReader reader;
        if (!Readers.TryGetValue(key, out reader))
        {
            Readers[key] = reader = new LiveReader(key);
        }
        return reader;
    }

    private static bool IsPattern(LiveFrame frame)
    {
        byte[] wanted = Pattern(frame.Number, frame.Bytes.LongLength);
        for (int i = 0; i < wanted.Length; ++i)
        {
            if (frame.Bytes[i] != wanted[i])
            {
                return false;
            }
        }
        return true;
    }

    private static string Frame(LiveFrame frame)
    {
        return frame == null ? "none"
                             : frame.Layout + " " + frame.Number + " " + frame.Count + " " + frame.Missed + " " +
                                   (IsPattern(frame) ? "same" : "other") + " " + frame.Text;
    }

    private static string ForEach(LiveReader reader, int most)
    {
        var numbers = new List<ulong>();
        foreach (LiveFrame frame in reader)
        {
            numbers.Add(frame.Number);
            if (numbers.Count == most)
            {
                return string.Join(",", numbers) + " more";
            }
        }
        return string.Join(",", numbers) + " end";
    }

    private static string Maps(string key)
    {
        Type keys = typeof(Layout).Assembly.GetType("Shmpix.Key");
        keys.GetField("OnWindows", BindingFlags.NonPublic | BindingFlags.Static).SetValue(null, true);
        var arrived = new AutoResetEvent(false);
        string seen = "";
        var loop = new Thread(() =>
        {
            using (var reader = new LiveReader(key))
            {
                foreach (LiveFrame frame in reader)
                {
                    seen += Frame(frame).TrimEnd() + ", ";
                    arrived.Set();
                }
            }
            seen += "end";
        });
        loop.Start();
        using (var writer = new LiveWriter(key))
        {
            ulong number = 1;
            foreach (string layout in new[] { "8x8:gray8", "8x8:bgr8", "200x100:rgba8", "8x8:gray8" })
            {
                Layout lies = Layout.Parse(layout);
                writer.Write(lies, Pattern(number, lies.Bytes), number++);
                arrived.WaitOne(10000);
            }
        }
        loop.Join(10000);
        return seen;
    }

    private static string Flood(string key, Layout layout, int count)
    {
        using (var writer = new LiveWriter(key, 3))
        {
            var patterns = new List<byte[]>();
            for (ulong number = 0; number < 8; ++number)
            {
                patterns.Add(Pattern(number, layout.Bytes));
            }
            for (int i = 0; i < count; ++i)
            {
                writer.Write(layout, patterns[i % 8], (ulong)i % 8, (i % 8).ToString());
            }
        }
        return count.ToString();
    }

    private static string Drink(LiveReader reader, int most)
    {
        int frames = 0, wrong = 0;
        while (frames < most && !reader.Closed)
        {
            LiveFrame frame = reader.Read(frames == 0 ? 20000 : 100);
            frames += frame != null ? 1 : 0;
            wrong += frame != null && !IsPattern(frame) ? 1 : 0;
        }
        return wrong.ToString();
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
