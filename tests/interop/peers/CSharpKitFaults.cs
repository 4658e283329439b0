// Faults in the use of the C# kit, compiled with Shmpix.cs. Each request is a line of tab-separated words, answered by one
// line: "ok ...", "error CODE sentence", or "unexpected TYPE message" for an exception that the kit does not define.
//
//     share KEY SIDE [MODE GROUP]     writes a grey square; MODE and GROUP may be empty; ok
//     frame KEY SIDE [MODE GROUP]     writes it as a live frame; ok COUNT
//     end KEY                         closes what wrote under the key; ok
//     read KEY                        ok WIDTHxHEIGHT
//     next KEY MILLISECONDS           the newest frame; ok WIDTHxHEIGHT or ok none
//     leave KEY                       closes the reader; ok
// bad                             makes every call with invalid arguments; ok, or the calls without a sentence damage FILE
// LAYOUT SEED COUNT   reads damaged copies of a segment in every way; ok, or the reads without a sentence
using System;
using System.Collections.Generic;
using System.IO;
using Shmpix;

internal static class CSharpKitFaults
{
    private static readonly Dictionary<string, Segment> Segments = new Dictionary<string, Segment>();
    private static readonly Dictionary<string, LiveWriter> Writers = new Dictionary<string, LiveWriter>();
    private static readonly Dictionary<string, LiveReader> Readers = new Dictionary<string, LiveReader>();

    private static void Main()
    {
        for (string line = Console.In.ReadLine(); line != null; line = Console.In.ReadLine())
        {
            Console.Out.WriteLine(Answer(line.Split('\t')));
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
        try
        {
            return "ok " + Run(words);
        }
        catch (ShmpixException error)
        {
            return "error " + error.Code + " " + error.Message;
        }
        catch (Exception error)
        {
            return "unexpected " + error.GetType().Name + " " + error.ToString().Replace('\n', ' ');
        }
    }

    private static string Run(string[] words)
    {
        string key = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
        case "share":
            SegmentOf(key, words).Write(Square(int.Parse(words[2])));
            return "";
        case "frame":
            return WriterOf(key, words).Write(Square(int.Parse(words[2]))).ToString();
        case "end":
            End(key);
            return "";
        case "read":
            Picture picture = Segment.Read(key);
            return picture.Width + "x" + picture.Height;
        case "next":
            LiveFrame frame = ReaderOf(key).Read(int.Parse(words[2]));
            return frame == null ? "none" : frame.Layout.Width + "x" + frame.Layout.Height;
        case "leave":
            ReaderOf(key).Dispose();
            Readers.Remove(key);
            return "";
        case "bad":
            return BadCalls.Try();
        case "damage":
            return new Damage(File.ReadAllBytes(key), words[2], int.Parse(words[3])).Try(int.Parse(words[4]));
        default:
            throw new InvalidOperationException(words[0]);
        }
    }

    private static Picture Square(int side) { return new Picture(side, side, ColorType.Gray8, new byte[side * side]); }
    private static string Word(string[] words, int i) { return words.Length > i && words[i] != "" ? words[i] : null; }

    private static Segment SegmentOf(string key, string[] words)
    {
        if (!Segments.ContainsKey(key))
        {
            Segments[key] = new Segment(key) { Mode = Word(words, 3), Group = Word(words, 4) };
        }
        return Segments[key];
    }

    private static LiveWriter WriterOf(string key, string[] words)
    {
        if (!Writers.ContainsKey(key))
        {
            Writers[key] = new LiveWriter(key) { Mode = Word(words, 3), Group = Word(words, 4) };
        }
        return Writers[key];
    }

    private static LiveReader ReaderOf(string key)
    {
        if (!Readers.ContainsKey(key))
        {
            Readers[key] = new LiveReader(key);
        }
        return Readers[key];
    }

    private static void End(string key)
    {
        if (Segments.ContainsKey(key))
        {
            Segments[key].Dispose();
            Segments.Remove(key);
        }
        if (Writers.ContainsKey(key))
        {
            Writers[key].Dispose();
            Writers.Remove(key);
        }
    }
}

/// <summary>Checks that a call ends with a sentence of the kit.</summary>
internal static class Sentence
{
    /// <summary>Returns the complaint, or an empty text. Calls that may succeed are accepted if they do.</summary>
    internal static string Of(string what, Action call, bool mayGoWell = false)
    {
        try
        {
            call();
            return mayGoWell ? "" : what + ": went well; ";
        }
        catch (ShmpixException error)
        {
            bool whole = error.Message.EndsWith(".") && (error.Message.IndexOf(". ") > 0 || error.Message.IndexOf(": ") > 0);
            return whole && error.Code >= 1 && error.Code <= 6 ? "" : what + ": no sentence: " + error.Message + "; ";
        }
        catch (Exception error)
        {
            return what + ": " + error.ToString().Replace('\n', ' ') + "; ";
        }
    }
}

internal static class BadCalls
{
    private static readonly string[] Keys = {
        null, "", "\0", "a\0b", "a/b", ".", "..", "/", "posix:", "posix:/", "file:", "file:relative", "file:/", "file://",
        "file:/tmp/", "file:/tmp", "file:/dev/null", "file:/no/such/folder/x", "file:/proc/self/mem/x", "\ud800", "file:/tmp/\udc00",
        "windows:x", "qt:x", "systemv:1", new string('x', 256), "file:/tmp/" + new string('x', 256), 
        "file:/tmp/" + new string('y', 5000),
    };
    private static readonly string[] Layouts = {
        null, "", ",", ":", "x", "1x1", "1x1:", "1x1:gray", "0x0:bgr8", "0x4:bgr8", "-1x4:bgr8", "4000000000x4:bgr8",
        "4x4000000000:bgr8", "99999999999999999999x4:bgr8", "65536x1:gray8", "65535x65535:rgba64f", "46341x46341:gray8",
        "32768x32769:gray8", "1073741824x4:bgr8", "4x4:bgr8,", "4x4:bgr8,stride", "4x4:bgr8,stride=", "4x4:bgr8,stride=1",
        "4x4:bgr8,stride=-9223372036854775808", "4x4:bgr8,stride=9223372036854775807", "4x4:bgr8,stride=99999999999999999999",
        "4x4:bgr8,stride=-12", "4x4:bgr8,stride=536870912", "4x4:bgr8,offset=-1", "4x4:bgr8,offset=9223372036854775807",
        "4x4:bgr8,offset=999999999999999", "4x4:bgr8,offset=1152921504606846976", "4x4:bgr8,offset=99999999999999999999",
        "4x4:bgr8,offset=4294967296", "4x4:bgr8,top-down", "4x4:nv12,stride=-4", "65535x65535:nv12", "\u0664x4:bgr8",
    };

    /// <summary>Returns the calls that end without a sentence.</summary>
    internal static string Try()
    {
        string bad = "";
        foreach (string key in Keys)
        {
            bad += Sentence.Of("read " + key, () => Segment.Read(key));
            bad += Sentence.Of("bytes " + key, () => Segment.ReadBytes(key));
            bad += Sentence.Of("write " + key, () => { using (var segment = new Segment(key)) { segment.Write(Small()); } });
            bad += Sentence.Of("live " + key, () => { using (var writer = new LiveWriter(key)) { writer.Write(Small()); } });
            bad += Sentence.Of("frame " + key, () => { using (var reader = new LiveReader(key)) { reader.Read(); } });
        }
        foreach (string layout in Layouts)
        {
            bad += Sentence.Of("pixels " + layout, () => Protocols.Decode(new byte[48], "pixels", layout));
            bad += Sentence.Of("layout " + layout, () => new Picture(1, 1, ColorType.Gray8, new byte[Layout.Parse(layout).Bytes / (1L << 40)]));
            bad += Sentence.Of("encode " + layout, () => Protocols.Encode(Four(), "pixels", layout ?? ""), layout == "4x4:bgr8,stride=-12");
            bad += Sentence.Of("frame " + layout, () => Frame(Layout.Parse(layout), new byte[48]));
        }
        return bad + Shapes() + Nothing() + Modes();
    }

    private static Picture Small() { return new Picture(1, 1, ColorType.Gray8, new byte[1]); }
    private static Picture Four() { return new Picture(4, 4, ColorType.Bgra8888, new byte[64]); }

    private static void Frame(Layout layout, byte[] pixels)
    {
        using (var writer = new LiveWriter("file:/no/such/folder/x"))
        {
            writer.Write(layout, pixels);
        }
    }

    private static string Shapes()
    {
        string bad = "";
        int[] sides = { int.MinValue, -1, 0, 1, 46341, 65535, 65536, 1 << 30, int.MaxValue };
        foreach (int width in sides)
        {
            foreach (int height in sides)
            {
                bad += Sentence.Of("picture " + width + " " + height, () => new Picture(width, height, ColorType.Bgra8888, new byte[3]));
                bad += Sentence.Of("fields " + width + " " + height,
                                   () => Frame(new Layout { Width = (long)width << 20, Height = height, Format = "rgb8" }, new byte[48]));
            }
        }
        long[] numbers = { long.MinValue, long.MinValue + 1, -1, 1L << 31, 1L << 32, 1L << 62, long.MaxValue };
        foreach (long number in numbers)
        {
            bad += Sentence.Of("stride " + number, () => Frame(new Layout { Width = 4, Height = 9, Format = "rgb8", Stride = number }, new byte[48]));
            bad += Sentence.Of("offset " + number, () => Frame(new Layout { Width = 4, Height = 9, Format = "rgb8", Offset = number }, new byte[48]));
            bad += Sentence.Of("bytes " + number,
                               () => { if (new Layout { Width = 4, Height = 9, Format = "rgb8", Stride = number, Offset = number }.Bytes > 1L << 30) { throw ShmpixException(); } });
            bad += Sentence.Of("capacity " + number, () => new LiveWriter("x", 4, number));
        }
        foreach (int slots in new[] { int.MinValue, -1, 0, 2, 65, int.MaxValue })
        {
            bad += Sentence.Of("slots " + slots, () => new LiveWriter("x", slots));
        }
        var wide = new Picture(65535, 5000, ColorType.Gray8, new byte[65535 * 5000]);
        bad += Sentence.Of("too large as rawsize", () => Protocols.Encode(wide, "rawsize"));
        bad += Sentence.Of("too large as pixels", () => Protocols.Encode(wide, "pixels", "bgra8"));
        return bad;
    }

    private static Exception ShmpixException() { return new InvalidOperationException("too many bytes are promised"); }

    private static string Nothing()
    {
        return Sentence.Of("null pixels", () => new Picture(1, 1, ColorType.Gray8, null)) +
               Sentence.Of("unknown type", () => new Picture(1, 1, (ColorType)9, new byte[4])) +
               Sentence.Of("null picture", () => Protocols.Encode(null, "bmp")) +
               Sentence.Of("null protocol", () => Protocols.Encode(Small(), null)) +
               Sentence.Of("null bytes", () => Protocols.Decode(null)) +
               Sentence.Of("null protocol of bytes", () => Protocols.Decode(new byte[9], null)) +
               Sentence.Of("no bytes", () => Protocols.Decode(new byte[0])) +
               Sentence.Of("null in a layout's place", () => Frame(null, new byte[1])) +
               Sentence.Of("null frame", () => Frame(Layout.Parse("1x1:gray8"), null)) +
               Sentence.Of("no format", () => { if (new Layout { Width = 1, Height = 1 }.Bytes > 0) { } }) +
               Sentence.Of("unknown format", () => { if (new Layout { Width = 1, Height = 1, Format = "gray9" }.Bytes > 0) { } }) +
               Sentence.Of("size of no picture", () => Protocols.LayoutFor(null, "bgr8")) +
               Sentence.Of("null written", () => { using (var segment = new Segment("file:/no/such/folder/x")) { segment.Write(null); } }) +
               Sentence.Of("null written live", () => { using (var segment = new Segment("file:/no/such/folder/x")) { segment.Write(null, "live"); } }) +
               Sentence.Of("null written as a frame", () => { using (var writer = new LiveWriter("file:/no/such/folder/x")) { writer.Write((Picture)null); } });
    }

    private static string Modes()
    {
        string bad = "";
        foreach (string mode in new[] { "", "rw", "0888", "10644", "04755", "-644", "644 ", "99999999999999999999" })
        {
            bad += Sentence.Of("mode " + mode, () => new Segment("x") { Mode = mode });
        }
        foreach (string group in new[] { "", "no such group", "\0", "\ud800", "4294967295", "99999999999999999999", "-1" })
        {
            bad += Sentence.Of("group " + group, () => new LiveWriter("x") { Group = group });
        }
        return bad;
    }
}

/// <summary>Damaged copies of a valid segment. They are written to one file, which is removed at the end.</summary>
internal sealed class Damage
{
    private readonly byte[] sound;
    private readonly string layout;
    private readonly Random random;
    private readonly string path = Path.GetTempFileName();

    internal Damage(byte[] sound, string layout, int seed)
    {
        this.sound = sound;
        this.layout = layout;
        random = new Random(seed);
    }

    internal string Try(int count)
    {
        string bad = "";
        for (int i = 0; i < count && bad == ""; ++i)
        {
            byte[] bytes = Damaged(i);
            File.WriteAllBytes(path, bytes);
            string what = "copy " + i, key = "file:" + path;
            foreach (string protocol in new[] { "auto", "bmp", "rawsize" })
            {
                bad += Sentence.Of(what + " " + protocol, () => Segment.Read(key, protocol), true);
            }
            bad += Sentence.Of(what + " pixels", () => Segment.Read(key, "pixels", layout == "" ? "11x7:bgr8" : layout), true);
            if (bytes.Length < 8 || BitConverter.ToUInt64(bytes, 0) != 0) // otherwise the reader would wait for the segment
            {
                bad += Sentence.Of(what + " live", () => Segment.Read(key, "live"), true);
                bad += Sentence.Of(what + " frame", () => { using (var reader = new LiveReader(key, true)) { reader.Read(); reader.Read(); } }, true);
            }
        }
        File.Delete(path);
        return bad;
    }

    private byte[] Damaged(int i)
    {
        var bytes = (byte[])sound.Clone();
        int head = Math.Min(bytes.Length, i % 2 == 0 ? 160 : 900);
        for (int n = random.Next(1, 5); n > 0; --n)
        {
            switch (random.Next(4))
            {
            case 0:
                bytes[random.Next(head)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[random.Next(head)] = 0xff;
                break;
            case 2:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            default: // a number of 4 or 8 bytes at one of its ends
                int at = random.Next(head) / 4 * 4, length = random.Next(2) * 4 + 4;
                for (int k = at; k < Math.Min(at + length, bytes.Length); ++k)
                {
                    bytes[k] = (byte)(k == at + length - 1 ? random.Next(2) * 0x80 : random.Next(2) * 0xff);
                }
                break;
            }
        }
        if (i % 3 == 0)
        {
            Array.Resize(ref bytes, random.Next(i % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, 800)));
        }
        if (i % 2 == 0 && bytes.Length >= 128) // corrects the fields that a live reader checks first
        {
            Array.Copy(BitConverter.GetBytes(Crc32.Of(bytes, 124)), 0, bytes, 124, 4);
        }
        return bytes;
    }
}
