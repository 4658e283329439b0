// Shmpix for C#: pictures in named shared memory, in one file to copy. .NET or Mono, C# 7, nothing else: neither
// System.Drawing nor SkiaSharp is needed, but their pixels go in and come out as they are.
//
//     using (var segment = new Shmpix.Segment("my_share_mem"))         // removed at the end of the block
//     {
//         segment.Write(new Shmpix.Picture(width, height, Shmpix.ColorType.Bgra8888, pixels), "bmp");
//         ...                                                          // Write() again for the next picture
//     }
//     Shmpix.Picture picture = Shmpix.Segment.Read("my_share_mem");   // whoever wrote it: BMP or rawsize, detected
//     Shmpix.Picture plain = Shmpix.Segment.Read("K", "pixels", "640x480:bgr8");
//
// Compiled alone it is a command:  mcs -define:SHMPIX_MAIN -r:System.Core Shmpix.cs && mono Shmpix.exe
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Shmpix
{
    /// <summary>What went wrong: one sentence with the cause and what to do.</summary>
    public sealed class ShmpixException : Exception
    {
        /// <summary>The exit code of the programs for it: 1 other, 2 usage, 3 not found, 4 not permitted, not ours or in
        /// use, 5 bad data, 6 no space.</summary>
        public int Code { get; }

        /// <summary>A failure of that code.</summary>
        public ShmpixException(int code, string text) : base(text)
        {
            Code = code;
        }

        internal static ShmpixException Usage(string text) { return new ShmpixException(2, text); }
        internal static ShmpixException BadData(string text) { return new ShmpixException(5, text); }
    }

    /// <summary>How a picture's bytes lie in memory: three of SkiaSharp's SKColorType, by the same names.</summary>
    public enum ColorType
    {
        /// <summary>A byte a pixel: grey.</summary>
        Gray8,
        /// <summary>Four bytes: red, green, blue, one that says nothing.</summary>
        Rgb888x,
        /// <summary>Four bytes: blue, green, red, alpha, which is not multiplied into the others.</summary>
        Bgra8888,
    }

    /// <summary>A picture: rows from the top, without padding.</summary>
    public sealed class Picture
    {
        /// <summary>The largest side, in pixels, that is accepted from anyone.</summary>
        public const int MaximumSide = 65535;
        /// <summary>The most bytes that one picture may have.</summary>
        public const long MaximumBytes = 1L << 30;

        /// <summary>In pixels.</summary>
        public int Width { get; }
        /// <summary>In pixels.</summary>
        public int Height { get; }
        /// <summary>What the bytes are.</summary>
        public ColorType ColorType { get; }
        /// <summary>Width * Height * BytesPerPixel bytes; not a copy.</summary>
        public byte[] Pixels { get; }
        /// <summary>1 or 4.</summary>
        public int BytesPerPixel { get { return ColorType == ColorType.Gray8 ? 1 : 4; } }

        /// <summary>Takes the array over. Throws when its length does not fit.</summary>
        public Picture(int width, int height, ColorType colorType, byte[] pixels)
        {
            Width = width;
            Height = height;
            ColorType = colorType;
            Pixels = pixels;
            CheckSize(width, height, BytesPerPixel);
            if (pixels == null || pixels.LongLength != (long)width * height * BytesPerPixel)
            {
                throw ShmpixException.Usage("A picture of " + width + " x " + height + " as " + colorType + " has " +
                                            (long)width * height * BytesPerPixel + " bytes: give an array of that length.");
            }
        }

        internal static void CheckSize(long width, long height, long bytesPerPixel)
        {
            if (width <= 0 || height <= 0)
            {
                throw ShmpixException.BadData("The picture is empty: its size is given as " + width + " x " + height +
                                              ". Share one that has pixels.");
            }
            if (width > MaximumSide || height > MaximumSide || width * height * bytesPerPixel > MaximumBytes)
            {
                throw ShmpixException.BadData("A picture of " + width + " x " + height + " is too large: a side may have " +
                                              MaximumSide + " pixels and a picture " + MaximumBytes +
                                              " bytes at most. Share a smaller one.");
            }
        }

        /// <summary>The four bytes R, G, B, A of a pixel, given as its number in Pixels.</summary>
        internal void GetRgba(long index, byte[] rgba)
        {
            if (ColorType == ColorType.Gray8)
            {
                rgba[0] = rgba[1] = rgba[2] = Pixels[index];
                rgba[3] = 255;
                return;
            }
            bool bgr = ColorType == ColorType.Bgra8888;
            rgba[0] = Pixels[index * 4 + (bgr ? 2 : 0)];
            rgba[1] = Pixels[index * 4 + 1];
            rgba[2] = Pixels[index * 4 + (bgr ? 0 : 2)];
            rgba[3] = bgr ? Pixels[index * 4 + 3] : (byte)255;
        }
    }

    /// <summary>Where the pixels of a picture without a header lie.
    /// Text form: WxH:FORMAT[,stride=N][,offset=N][,bottom-up].</summary>
    public sealed class Layout
    {
        /// <summary>The formats that are read and written here, and the order of their bytes: letters of RGBA; x says nothing,
        /// y is grey. The wider ones that other programs have are refused.</summary>
        public static readonly Dictionary<string, string> Formats = new Dictionary<string, string>
        {
            { "gray8", "y" }, { "rgb8", "rgb" }, { "bgr8", "bgr" }, { "rgba8", "rgba" },
            { "bgra8", "bgra" }, { "rgbx8", "rgbx" }, { "bgrx8", "bgrx" },
        };

        /// <summary>In pixels; read from text of any origin, checked by Extent().</summary>
        public long Width, Height;
        /// <summary>A key of Formats.</summary>
        public string Format;
        /// <summary>Bytes from a row to the next, or 0 for rows without padding; negative goes back through memory.</summary>
        public long Stride;
        /// <summary>Where the first row begins.</summary>
        public long Offset;
        /// <summary>Whether the first row is the picture's lowest.</summary>
        public bool BottomUp;

        internal string Order { get { return Formats[Format]; } }
        internal long RowBytes { get { return Width * Order.Length; } }
        internal long Step { get { return Stride != 0 ? Stride : RowBytes; } }

        /// <summary>The layout of a text. With a picture the size may be left out: "bgra8,stride=4096".</summary>
        public static Layout Parse(string text, Picture picture = null)
        {
            string[] words = text.Split(',');
            Match size = Regex.Match(words[0], @"\A([0-9]{1,9})x([0-9]{1,9}):(.*)\z");
            if (!size.Success && (picture == null || words[0].Contains(":")))
            {
                throw ShmpixException.Usage("\"" + text + "\" is no layout: write WxH:FORMAT, such as 640x480:bgra8.");
            }
            var layout = new Layout
            {
                Width = size.Success ? long.Parse(size.Groups[1].Value) : picture.Width,
                Height = size.Success ? long.Parse(size.Groups[2].Value) : picture.Height,
                Format = size.Success ? size.Groups[3].Value : words[0],
            };
            if (!Formats.ContainsKey(layout.Format))
            {
                throw ShmpixException.Usage("There is no pixel format \"" + layout.Format + "\" here: write one of " +
                                            string.Join(", ", Formats.Keys) + ".");
            }
            for (int i = 1; i < words.Length; ++i)
            {
                Match number = Regex.Match(words[i], @"\A(stride|offset)=(-?[0-9]{1,15})\z");
                if (number.Success && number.Groups[1].Value == "stride")
                {
                    layout.Stride = long.Parse(number.Groups[2].Value);
                }
                else if (number.Success)
                {
                    layout.Offset = long.Parse(number.Groups[2].Value);
                }
                else if (words[i] == "bottom-up")
                {
                    layout.BottomUp = true;
                }
                else
                {
                    throw ShmpixException.Usage("\"" + words[i] +
                                                "\" is no part of a layout: write stride=N, offset=N or bottom-up.");
                }
            }
            return layout;
        }

        /// <summary>The text form.</summary>
        public override string ToString()
        {
            return Width + "x" + Height + ":" + Format + (Stride != 0 ? ",stride=" + Stride : "") +
                   (Offset != 0 ? ",offset=" + Offset : "") + (BottomUp ? ",bottom-up" : "");
        }

        /// <summary>One past the last byte of the pixels; checked against a segment of so many bytes.</summary>
        internal long End(long segmentBytes)
        {
            Picture.CheckSize(Width, Height, Order.Length);
            if (Math.Abs(Step) < RowBytes)
            {
                throw ShmpixException.BadData("The stride of " + Stride + " bytes is shorter than a row of " + RowBytes +
                                              ". Give a longer one.");
            }
            long last = Offset + Step * (Height - 1);
            long end = Math.Max(Offset, last) + RowBytes;
            if (Math.Min(Offset, last) < 0 || end > segmentBytes)
            {
                throw ShmpixException.BadData("The layout " + this + " reaches from byte " + Math.Min(Offset, last) + " to " +
                                              end + ", and there are " + segmentBytes +
                                              ". Give the size and the format that its writer used.");
            }
            return end;
        }
    }

    /// <summary>The protocols: bytes to pictures and back. Bytes may come from anyone and are checked before use.</summary>
    public static class Protocols
    {
        /// <summary>The bytes of a picture. protocol is bmp, rawsize or pixels; layout is for pixels: a format, or all of
        /// WxH:FORMAT[,stride=N][,offset=N][,bottom-up]; without one the picture's own bytes.</summary>
        public static byte[] Encode(Picture picture, string protocol, string layout = null)
        {
            switch (protocol)
            {
            case "bmp":
                return Bmp.Write(picture);
            case "rawsize":
                return WriteRawsize(picture);
            case "pixels":
                return WritePixels(picture, LayoutFor(picture, layout));
            default:
                throw ShmpixException.Usage("There is no protocol \"" + protocol + "\" here: give bmp, rawsize or pixels.");
            }
        }

        /// <summary>The picture in some bytes. protocol is auto, bmp, rawsize or pixels; pixels needs the whole
        /// layout.</summary>
        public static Picture Decode(byte[] bytes, string protocol = "auto", string layout = null)
        {
            if (protocol == "auto")
            {
                protocol = layout != null ? "pixels" : Bmp.Begin(bytes) >= 0 ? "bmp" : IsRawsize(bytes) ? "rawsize" : "";
            }
            switch (protocol)
            {
            case "bmp":
                return Bmp.Read(bytes);
            case "rawsize":
                return ReadRawsize(bytes);
            case "pixels":
                if (layout == null)
                {
                    throw ShmpixException.Usage("Pixels without a header are read with their layout: give " +
                                                "640x480:bgra8, for example.");
                }
                return ReadPixels(bytes, Layout.Parse(layout));
            case "":
                throw ShmpixException.BadData("The segment (" + bytes.Length + " bytes) holds no picture that is known here: " +
                                              "it is neither BMP nor rawsize. Give a layout if it has no header.");
            default:
                throw ShmpixException.Usage("There is no protocol \"" + protocol + "\" here: give bmp, rawsize or pixels.");
            }
        }

        /// <summary>The layout of that text for a picture; without one, the picture's own.</summary>
        public static Layout LayoutFor(Picture picture, string text)
        {
            string own = picture.ColorType == ColorType.Gray8 ? "gray8"
                         : picture.ColorType == ColorType.Rgb888x ? "rgbx8" : "bgra8";
            Layout layout = Layout.Parse(text ?? own, picture);
            if (layout.Width != picture.Width || layout.Height != picture.Height)
            {
                throw ShmpixException.Usage("The layout " + layout + " has another size than the picture of " + picture.Width +
                                            " x " + picture.Height + ": give that.");
            }
            return layout;
        }

        private static byte[] WriteRawsize(Picture picture)
        {
            var bytes = new byte[4 + 4L * picture.Width * picture.Height];
            bytes[0] = (byte)picture.Width;
            bytes[1] = (byte)picture.Height;
            bytes[2] = (byte)(picture.Width >> 8);
            bytes[3] = (byte)(picture.Height >> 8);
            var rgba = new byte[4];
            for (long i = 0; i < (long)picture.Width * picture.Height; ++i)
            {
                picture.GetRgba(i, rgba);
                Array.Copy(rgba, 0, bytes, 4 + 4 * i, 4);
            }
            return bytes;
        }

        /// <summary>The size in the header, or null. Writers with a side of one byte put in the side modulo 256: such a
        /// segment is refused, because only its reader can know the size.</summary>
        private static int[] RawsizeSize(byte[] bytes)
        {
            if (bytes.Length <= 4)
            {
                return null;
            }
            int width = bytes[0] | bytes[2] << 8;
            int height = bytes[1] | bytes[3] << 8;
            return width > 0 && height > 0 && 4 + 4L * width * height <= bytes.Length ? new[] { width, height } : null;
        }

        private static bool IsRawsize(byte[] bytes)
        {
            int[] size = RawsizeSize(bytes);
            long needed = size == null ? 0 : 4 + 4L * size[0] * size[1];
            return size != null && (needed == bytes.Length || bytes.Length % 4096 == 0 && bytes.Length - needed < 4096);
        }

        private static Picture ReadRawsize(byte[] bytes)
        {
            int[] size = RawsizeSize(bytes);
            if (size == null)
            {
                throw ShmpixException.BadData("The header gives no size that fits a segment of " + bytes.Length +
                                              " bytes. Read it by the protocol that its writer used.");
            }
            Picture.CheckSize(size[0], size[1], 4);
            var pixels = new byte[4L * size[0] * size[1]];
            for (int i = 0; i < pixels.Length; i += 4)
            {
                pixels[i] = bytes[4 + i + 2];
                pixels[i + 1] = bytes[4 + i + 1];
                pixels[i + 2] = bytes[4 + i];
                pixels[i + 3] = bytes[4 + i + 3];
            }
            return new Picture(size[0], size[1], ColorType.Bgra8888, pixels);
        }

        private static byte[] WritePixels(Picture picture, Layout layout)
        {
            var bytes = new byte[layout.End(long.MaxValue)];
            string order = layout.Order;
            if (order == "y" && picture.ColorType != ColorType.Gray8)
            {
                throw ShmpixException.Usage("The picture has colours, and gray8 holds none: convert it first, or choose " +
                                            "another format.");
            }
            var rgba = new byte[4];
            for (int y = 0; y < picture.Height; ++y)
            {
                long at = layout.Offset + layout.Step * (layout.BottomUp ? picture.Height - 1 - y : y);
                for (int x = 0; x < picture.Width; ++x)
                {
                    picture.GetRgba((long)y * picture.Width + x, rgba);
                    foreach (char channel in order)
                    {
                        bytes[at++] = channel == 'x' ? (byte)255 : rgba[channel == 'y' ? 0 : "rgba".IndexOf(channel)];
                    }
                }
            }
            return bytes;
        }

        private static Picture ReadPixels(byte[] bytes, Layout layout)
        {
            layout.End(bytes.LongLength);
            string order = layout.Order;
            ColorType type = order == "y" ? ColorType.Gray8 : order.Contains("a") ? ColorType.Bgra8888 : ColorType.Rgb888x;
            Picture.CheckSize(layout.Width, layout.Height, 4);
            int width = (int)layout.Width, height = (int)layout.Height, count = order.Length;
            var pixels = new byte[(long)width * height * (type == ColorType.Gray8 ? 1 : 4)];
            string target = type == ColorType.Bgra8888 ? "bgra" : "rgb";
            long to = 0;
            for (int y = 0; y < height; ++y)
            {
                long at = layout.Offset + layout.Step * (layout.BottomUp ? height - 1 - y : y);
                for (int x = 0; x < width; ++x, at += count)
                {
                    if (type == ColorType.Gray8)
                    {
                        pixels[to++] = bytes[at];
                        continue;
                    }
                    foreach (char channel in target)
                    {
                        pixels[to++] = bytes[at + order.IndexOf(channel)];
                    }
                    if (type == ColorType.Rgb888x)
                    {
                        pixels[to++] = 255;
                    }
                }
            }
            return new Picture(width, height, type, pixels);
        }
    }

    /// <summary>BMP files: 8 bits with a palette, 24 and 32 bits, uncompressed.</summary>
    internal static class Bmp
    {
        private const int FileHeader = 14;

        internal static byte[] Write(Picture picture)
        {
            int bits = picture.ColorType == ColorType.Gray8 ? 8 : picture.ColorType == ColorType.Bgra8888 ? 32 : 24;
            int header = bits == 32 ? 108 : 40, colors = bits == 8 ? 256 : 0;
            long stride = ((long)picture.Width * bits + 31) / 32 * 4;
            long begin = FileHeader + header + 4 * colors;
            var bytes = new byte[begin + stride * picture.Height];
            bytes[0] = (byte)'B';
            bytes[1] = (byte)'M';
            Put(bytes, 2, bytes.Length);
            Put(bytes, 10, begin);
            Put(bytes, 14, header);
            Put(bytes, 18, picture.Width);
            Put(bytes, 22, picture.Height);
            bytes[26] = 1;
            bytes[28] = (byte)bits;
            Put(bytes, 30, bits == 32 ? 3 : 0);
            Put(bytes, 34, stride * picture.Height);
            Put(bytes, 38, 2835);
            Put(bytes, 42, 2835);
            Put(bytes, 46, colors);
            if (bits == 32)
            {
                Put(bytes, 54, 0xff0000);
                Put(bytes, 58, 0xff00);
                Put(bytes, 62, 0xff);
                Put(bytes, 66, 0xff000000);
                Put(bytes, 70, 0x73524742); // sRGB
            }
            for (int i = 0; i < colors; ++i)
            {
                Put(bytes, FileHeader + header + 4 * i, i * 0x10101);
            }
            var rgba = new byte[4];
            for (int y = 0; y < picture.Height; ++y)
            {
                long at = begin + stride * (picture.Height - 1 - y);
                for (int x = 0; x < picture.Width; ++x)
                {
                    picture.GetRgba((long)y * picture.Width + x, rgba);
                    bytes[at++] = rgba[2];
                    if (bits >= 24)
                    {
                        bytes[at++] = rgba[1];
                        bytes[at++] = rgba[0];
                    }
                    if (bits == 32)
                    {
                        bytes[at++] = rgba[3];
                    }
                }
            }
            return bytes;
        }

        /// <summary>Where a BMP begins: 0, or 4 behind a length; -1. A length may also stand on its first four bytes, as
        /// writers leave it that put one there after the file.</summary>
        internal static int Begin(byte[] bytes)
        {
            if (bytes.Length < 54)
            {
                return -1;
            }
            if (bytes[0] == 'B' && bytes[1] == 'M' && IsHeader(Get(bytes, 14)))
            {
                return 0;
            }
            if (bytes[4] == 'B' && bytes[5] == 'M' && IsHeader(Get(bytes, 18)))
            {
                return 4;
            }
            long length = Get(bytes, 0), begin = Get(bytes, 10);
            bool overwritten = Get(bytes, 14) == 40 && Get(bytes, 6) == 0 && begin >= 54 && begin <= length &&
                               length <= bytes.Length && bytes[26] == 1 && bytes[27] == 0 &&
                               (bytes[28] == 8 || bytes[28] == 24 || bytes[28] == 32);
            return overwritten ? 0 : -1;
        }

        private static bool IsHeader(long bytes) { return bytes == 40 || bytes == 52 || bytes == 56 || bytes == 108 || bytes == 124; }

        internal static Picture Read(byte[] bytes)
        {
            int start = Begin(bytes);
            if (start < 0)
            {
                throw Invalid("it does not begin with BM and a header of a known length");
            }
            long header = Get(bytes, start + 14), begin = Get(bytes, start + 10);
            long width = (int)Get(bytes, start + 18), signedHeight = (int)Get(bytes, start + 22);
            long height = Math.Abs(signedHeight);
            int planes = bytes[start + 26] | bytes[start + 27] << 8, bits = bytes[start + 28] | bytes[start + 29] << 8;
            long compression = Get(bytes, start + 30), colors = Get(bytes, start + 46);
            if (planes != 1 || bits != 8 && bits != 24 && bits != 32 || compression != 0 && !(compression == 3 && bits == 32))
            {
                throw ShmpixException.BadData("A BMP of " + bits + " bits with compression " + compression +
                                              " is not read here. Save it uncompressed with 8, 24 or 32 bits.");
            }
            Picture.CheckSize(width, height, 4);
            bool hasAlpha = false;
            long least = FileHeader + header + (compression == 3 && header == 40 ? 12 : 0);
            if (compression == 3)
            {
                Need(bytes, start + 54 + 16);
                hasAlpha = header >= 56 && Get(bytes, start + 66) == 0xff000000;
                if (Get(bytes, start + 54) != 0xff0000 || Get(bytes, start + 58) != 0xff00 || Get(bytes, start + 62) != 0xff)
                {
                    throw ShmpixException.BadData("A BMP with other masks than B, G, R, A is not read here. Save it with 24 bits.");
                }
            }
            if (bits == 8)
            {
                colors = colors == 0 ? 256 : colors;
                if (colors > 256)
                {
                    throw Invalid("its palette has " + colors + " colours for 8 bits");
                }
                Need(bytes, start + least + 4 * colors);
            }
            long palette = start + least;
            least += bits == 8 ? 4 * colors : 0;
            if (begin < least)
            {
                throw Invalid("its pixels would begin inside its header, at byte " + begin);
            }
            long stride = (width * bits + 31) / 32 * 4;
            Need(bytes, start + begin + stride * height);
            ColorType type = hasAlpha ? ColorType.Bgra8888
                             : bits == 8 && IsGray(bytes, palette, colors) ? ColorType.Gray8 : ColorType.Rgb888x;
            var pixels = new byte[width * height * (type == ColorType.Gray8 ? 1 : 4)];
            long to = 0;
            for (long y = 0; y < height; ++y)
            {
                long at = start + begin + stride * (signedHeight < 0 ? y : height - 1 - y);
                for (long x = 0; x < width; ++x, at += bits / 8)
                {
                    long color = at;
                    if (bits == 8)
                    {
                        if (bytes[at] >= colors)
                        {
                            throw Invalid("it uses colour " + bytes[at] + " of a palette of " + colors);
                        }
                        color = palette + 4 * bytes[at];
                    }
                    if (type == ColorType.Gray8)
                    {
                        pixels[to++] = bytes[color];
                        continue;
                    }
                    pixels[to++] = bytes[color + (hasAlpha ? 0 : 2)];
                    pixels[to++] = bytes[color + 1];
                    pixels[to++] = bytes[color + (hasAlpha ? 2 : 0)];
                    pixels[to++] = hasAlpha ? bytes[color + 3] : (byte)255;
                }
            }
            return new Picture((int)width, (int)height, type, pixels);
        }

        private static bool IsGray(byte[] bytes, long palette, long colors)
        {
            for (long i = palette; i < palette + 4 * colors; i += 4)
            {
                if (bytes[i] != bytes[i + 1] || bytes[i] != bytes[i + 2])
                {
                    return false;
                }
            }
            return true;
        }

        private static void Need(byte[] bytes, long count)
        {
            if (count > bytes.LongLength)
            {
                throw ShmpixException.BadData("The BMP is cut: it needs " + count + " bytes, and there are " + bytes.LongLength +
                                              ". Use a whole copy of it, in a segment that is long enough.");
            }
        }

        private static ShmpixException Invalid(string why)
        {
            return ShmpixException.BadData("This is not a valid BMP: " + why + ". Use a sound copy of it.");
        }

        private static long Get(byte[] bytes, long at)
        {
            return bytes[at] | (uint)bytes[at + 1] << 8 | (uint)bytes[at + 2] << 16 | (uint)bytes[at + 3] << 24;
        }

        private static void Put(byte[] bytes, int at, long value)
        {
            for (int i = 0; i < 4; ++i)
            {
                bytes[at + i] = (byte)(value >> 8 * i);
            }
        }
    }

    /// <summary>Named shared memory that this program makes, replaces by each Write(), and removes by Dispose().
    ///
    /// Keys: NAME is Windows' map name, and on Linux the file /dev/shm/NAME, which is the POSIX object /NAME; file:/PATH is a
    /// mapped file. Named maps do not exist on Linux in .NET, and in Mono no other program sees them.
    /// Used from one thread at a time.</summary>
    public sealed class Segment : IDisposable
    {
        private readonly Key key;
        private readonly IStore store;

        /// <summary>Touches nothing before the first Write(). With replace, what another program left under the key is
        /// replaced; what a living program of ours shares never is.</summary>
        public Segment(string key, bool replace = false)
        {
            this.key = new Key(key);
            store = Key.OnWindows ? (IStore)new MapStore(this.key) : new FileStore(this.key, replace);
        }

        /// <summary>Of the picture that was written last by the protocol pixels: what its readers need.</summary>
        public string Layout { get; private set; }

        /// <summary>Shares a picture by bmp, rawsize or pixels, see Protocols.Encode(). Gives the number of bytes.</summary>
        public long Write(Picture picture, string protocol = "bmp", string layout = null)
        {
            byte[] bytes = Protocols.Encode(picture, protocol, layout);
            store.Put(bytes);
            Layout = protocol == "pixels" ? Protocols.LayoutFor(picture, layout).ToString() : null;
            return bytes.LongLength;
        }

        /// <summary>Removes the segment.</summary>
        public void Dispose()
        {
            store.Dispose();
        }

        /// <summary>The picture that somebody shares, see Protocols.Decode(). Changes nothing there.</summary>
        public static Picture Read(string key, string protocol = "auto", string layout = null)
        {
            return Protocols.Decode(ReadBytes(key), protocol, layout);
        }

        /// <summary>A copy of all bytes that somebody shares.</summary>
        public static byte[] ReadBytes(string key)
        {
            var parsed = new Key(key);
            return Key.OnWindows ? MapStore.Read(parsed) : FileStore.Read(parsed);
        }
    }

    internal interface IStore : IDisposable
    {
        void Put(byte[] bytes);
    }

    internal sealed class Key
    {
        internal static readonly bool OnWindows = Path.DirectorySeparatorChar == '\\';

        internal readonly string Text;
        internal readonly string Name; ///< a map's name, or the path of a file
        internal readonly bool IsPath; ///< the user's own path, which may be a link

        internal Key(string text)
        {
            Text = text;
            if (text.IndexOf('\0') >= 0 || text.Length == 0)
            {
                throw ShmpixException.Usage("The key is empty or has a NUL character in it: give a name, such as shmpix.");
            }
            if (text.StartsWith("windows:") && !OnWindows)
            {
                throw ShmpixException.Usage("Named maps are Windows': .NET has none on Linux, and no other program sees Mono's. " +
                                            "Give the plain name, which is a file in /dev/shm here.");
            }
            if (text.StartsWith("qt:") || text.StartsWith("systemv:"))
            {
                throw ShmpixException.Usage("System V memory is not reached from C# here: share under a plain name, or file:/path.");
            }
            IsPath = text.StartsWith("file:");
            if (IsPath && !Path.IsPathRooted(text.Substring(5)))
            {
                throw ShmpixException.Usage("\"" + text.Substring(5) + "\" is not the full path of a file: write file:/full/path.");
            }
            string name = IsPath ? text.Substring(5) : Regex.Replace(text, @"\A(posix:/?|windows:|/)", "");
            if (!IsPath && !OnWindows)
            {
                if (name.Length == 0 || name == "." || name == ".." || name.Contains("/") || Encoding.UTF8.GetByteCount(name) > 255)
                {
                    throw ShmpixException.Usage("\"" + name + "\" cannot be a key: give a name without a slash, of up to 255 " +
                                                "bytes, or file:/path.");
                }
                name = "/dev/shm/" + name;
            }
            Name = name;
        }

        internal ShmpixException Missing()
        {
            return new ShmpixException(3, "Nothing is shared under " + Text + ". Share a picture there first, or check the key.");
        }

        internal ShmpixException Failed(string why)
        {
            return new ShmpixException(4, Text + " cannot be opened: " + why + " Choose another key.");
        }
    }

    /// <summary>Windows' named maps. Filled in place; what a reader recognises is written last. The map lives as long as
    /// somebody has it open, so this object holds it.</summary>
    internal sealed class MapStore : IStore
    {
        private readonly Key key;
        private MemoryMappedFile map;
        private long size;

        internal MapStore(Key key) { this.key = key; }

        public void Put(byte[] bytes)
        {
            if (map == null || size < bytes.LongLength)
            {
                Dispose();
                try
                {
                    map = key.IsPath ? MemoryMappedFile.CreateFromFile(key.Name, FileMode.OpenOrCreate, null, bytes.LongLength)
                                     : MemoryMappedFile.CreateNew(key.Name, bytes.LongLength);
                }
                catch (IOException error)
                {
                    throw key.Failed(error.Message);
                }
                size = bytes.LongLength;
            }
            using (MemoryMappedViewAccessor view = map.CreateViewAccessor(0, size))
            {
                int head = Math.Min(16, bytes.Length);
                view.WriteArray(0, new byte[head], 0, head);
                view.WriteArray(head, bytes, head, bytes.Length - head);
                System.Threading.Thread.MemoryBarrier();
                view.WriteArray(0, bytes, 0, head);
            }
        }

        internal static byte[] Read(Key key)
        {
            try
            {
                using (MemoryMappedFile map = key.IsPath ? MemoryMappedFile.CreateFromFile(key.Name, FileMode.Open)
                                                         : MemoryMappedFile.OpenExisting(key.Name, MemoryMappedFileRights.Read))
                using (MemoryMappedViewStream view = map.CreateViewStream(0, 0, MemoryMappedFileAccess.Read))
                {
                    byte[] bytes = OpenFile.Bounded(view.Length);
                    int at = 0, count;
                    while (at < bytes.Length && (count = view.Read(bytes, at, bytes.Length - at)) > 0)
                    {
                        at += count;
                    }
                    return bytes;
                }
            }
            catch (FileNotFoundException)
            {
                throw key.Missing();
            }
        }

        public void Dispose()
        {
            if (map != null)
            {
                map.Dispose();
                map = null;
            }
        }
    }

    /// <summary>A file, on Linux and other Unix systems. A second, hidden file is filled and takes the name, so that a reader
    /// sees the old picture or the new one. The record beside it, locked while its owner lives, says whose the segment is; the
    /// programs have the same.</summary>
    internal sealed class FileStore : IStore
    {
        private readonly Key key;
        private readonly string hidden;
        private bool replace;
        private OpenFile record;
        private OpenFile published;
        private readonly List<string> listed = new List<string>();

        internal FileStore(Key key, bool replace)
        {
            this.key = key;
            this.replace = replace;
            using (SHA1 sha = SHA1.Create())
            {
                byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(Path.GetFileName(key.Name)));
                string hex = BitConverter.ToString(hash).Replace("-", "").ToLowerInvariant().Substring(0, 16);
                hidden = Path.Combine(Path.GetDirectoryName(key.Name), ".shmpix." + Native.getuid() + "." + hex);
            }
        }

        public void Put(byte[] bytes)
        {
            TakeRecord();
            OpenFile file = null;
            try
            {
                Named();
                file = Fill(bytes);
                Publish(file);
            }
            catch
            {
                Native.unlink(hidden + ".spare");
                if (file != null)
                {
                    file.Dispose();
                }
                if (published == null)
                {
                    GiveUp();
                }
                throw;
            }
            if (published != null)
            {
                published.Dispose();
            }
            published = file;
            replace = false;
        }

        private void TakeRecord()
        {
            while (record == null)
            {
                string path = hidden + ".owner";
                OpenFile file = OpenFile.Open(path, Native.ReadWrite | Native.Create | Native.Hardened);
                if (file == null)
                {
                    throw key.Failed("its owner's record beside it cannot be opened.");
                }
                FileStatus opened = file.Status;
                if (!opened.IsRegular || opened.User != Native.geteuid())
                {
                    file.Dispose();
                    throw key.Failed("its owner's record beside it is no file of yours.");
                }
                if (Native.flock(file.Number, Native.LockNow) != 0)
                {
                    file.Dispose();
                    throw new ShmpixException(4, key.Text + " is in use: another program shares a picture there. Stop sharing in " +
                                                 "that program, or choose another key.");
                }
                FileStatus named = Native.Status(Native.CurrentFolder, path);
                if (named == null || named.Id != opened.Id)
                {
                    file.Dispose(); // its last owner removed it just now
                    continue;
                }
                record = file;
                listed.Clear();
                string[] lines = file.Text(512).Split('\n');
                for (int i = 1; i < lines.Length; ++i)
                {
                    listed.Add(lines[i]);
                }
            }
        }

        /// <summary>What has the name and may be replaced, or null.</summary>
        private FileStatus Named()
        {
            FileStatus status = Native.Status(Native.CurrentFolder, key.Name);
            if (status == null)
            {
                return null;
            }
            if (!status.IsRegular || status.User != Native.geteuid())
            {
                throw key.Failed("it is no file of yours.");
            }
            bool ours = status.Id == PublishedId() || listed.Contains(status.Id) && !(key.IsPath && status.Id.EndsWith(" 0"));
            if (!ours && !replace)
            {
                throw new ShmpixException(4, key.Text + " exists already (" + status.Size + " bytes) and was not made by Shmpix. " +
                                             "Replace it, or choose another key.");
            }
            return status;
        }

        private string PublishedId()
        {
            return published == null ? null : published.Status.Id;
        }

        private OpenFile Fill(byte[] bytes)
        {
            Native.unlink(hidden + ".spare");
            OpenFile file = OpenFile.Open(
                hidden + ".spare", Native.ReadWrite | Native.Create | Native.Exclusive | Native.Hardened);
            if (file == null)
            {
                throw key.Failed("a segment cannot be made there.");
            }
            if (Native.posix_fallocate(file.Number, IntPtr.Zero, (IntPtr)bytes.LongLength) != 0 || !file.Write(bytes))
            {
                file.Dispose();
                throw new ShmpixException(6, "There is no room for the picture: it needs " + bytes.LongLength + " bytes under " +
                                             key.Text + ". Remove what is not needed there, or make it larger (in a container: " +
                                             "--shm-size).");
            }
            return file;
        }

        private void Publish(OpenFile file)
        {
            FileStatus named = Named();
            string id = file.Status.Id;
            WriteRecord(named == null ? new[] { id } : new[] { id, named.Id });
            if (named != null ? Native.rename(hidden + ".spare", key.Name) != 0 : Native.link(hidden + ".spare", key.Name) != 0)
            {
                throw key.Failed("somebody else took the name.");
            }
            Native.unlink(hidden + ".spare");
        }

        private void WriteRecord(string[] ids)
        {
            string text = "pid " + Native.getpid() + "\n" + string.Join("\n", ids) + "\n";
            if (!record.Write(Encoding.ASCII.GetBytes(text.PadRight(512, '\n'))))
            {
                throw new ShmpixException(6, "The record beside " + key.Text + " cannot be written. Make room there.");
            }
            listed.Clear();
            listed.AddRange(ids);
        }

        /// <summary>Leaves the record where a segment is that it lists.</summary>
        private void GiveUp()
        {
            FileStatus named = Native.Status(Native.CurrentFolder, key.Name);
            if (named == null || named.Id != PublishedId() && !listed.Contains(named.Id))
            {
                Native.unlink(hidden + ".owner");
            }
            record.Dispose();
            record = null;
        }

        internal static byte[] Read(Key key)
        {
            using (OpenFile file = OpenFile.Open(key.Name, Native.Hardened & ~(key.IsPath ? Native.NoLinks : 0)))
            {
                if (file == null && Native.Status(Native.CurrentFolder, key.Name) == null)
                {
                    throw key.Missing();
                }
                if (file == null || !file.Status.IsRegular)
                {
                    throw key.Failed("it belongs to somebody else, is no file, or is being replaced. Read it again.");
                }
                return file.Read(file.Status.Size);
            }
        }

        public void Dispose()
        {
            if (record == null)
            {
                return;
            }
            FileStatus named = Native.Status(Native.CurrentFolder, key.Name);
            if (named != null && named.Id == PublishedId())
            {
                Native.unlink(key.Name);
            }
            GiveUp();
            if (published != null)
            {
                published.Dispose();
                published = null;
            }
        }
    }

    /// <summary>An open file of Unix, by its number: Mono makes no FileStream of one that it did not open.</summary>
    internal sealed class OpenFile : IDisposable
    {
        internal int Number { get; private set; }

        private OpenFile(int number) { Number = number; }

        /// <summary>Null when it cannot be opened; a new one is 0600.</summary>
        internal static OpenFile Open(string path, int flags)
        {
            int number = Native.open(path, flags, 0x180);
            return number < 0 ? null : new OpenFile(number);
        }

        internal FileStatus Status { get { return Native.Status(Number, ""); } }

        /// <summary>A private copy, so that nobody changes what is being judged. No mapping: a segment that is made shorter is an
        /// error then and no signal.</summary>
        internal byte[] Read(long length)
        {
            byte[] bytes = Bounded(length);
            if (Transfer(bytes, Native.pread) != bytes.LongLength)
            {
                throw ShmpixException.BadData("The segment was made shorter while it was read. Read it again.");
            }
            return bytes;
        }

        /// <summary>The first characters, at most so many.</summary>
        internal string Text(int most)
        {
            var bytes = new byte[most];
            return Encoding.ASCII.GetString(bytes, 0, (int)Transfer(bytes, Native.pread));
        }

        internal bool Write(byte[] bytes)
        {
            return Transfer(bytes, Native.pwrite) == bytes.LongLength;
        }

        public void Dispose()
        {
            Native.close(Number);
            Number = -1;
        }

        /// <summary>An array for a segment of that length, if it can be a picture.</summary>
        internal static byte[] Bounded(long length)
        {
            if (length == 0)
            {
                throw ShmpixException.BadData("The segment is empty: its writer has not put a picture there yet. Read again when " +
                                              "it has.");
            }
            if (length > Picture.MaximumBytes)
            {
                throw ShmpixException.BadData("The segment has " + length + " bytes, and the limit is " + Picture.MaximumBytes +
                                              ". Share a smaller picture.");
            }
            return new byte[length];
        }

        private delegate IntPtr Call(int fd, IntPtr memory, IntPtr count, IntPtr offset);

        /// <summary>The bytes that went through before the end, or a failure.</summary>
        private long Transfer(byte[] bytes, Call call)
        {
            GCHandle pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            try
            {
                long done = 0;
                while (done < bytes.LongLength)
                {
                    var left = (IntPtr)(bytes.LongLength - done);
                    long count = (long)call(Number, (IntPtr)((long)pinned.AddrOfPinnedObject() + done), left, (IntPtr)done);
                    if (count < 0 && Marshal.GetLastWin32Error() == Native.Interrupted)
                    {
                        continue;
                    }
                    if (count <= 0)
                    {
                        break;
                    }
                    done += count;
                }
                return done;
            }
            finally
            {
                pinned.Free();
            }
        }
    }

    internal sealed class FileStatus
    {
        internal string Id; ///< device, inode and time of birth: some file systems give a number again at once
        internal bool IsRegular;
        internal uint User;
        internal long Size;
    }

    /// <summary>The system calls of Linux that .NET has no name for. Numbers are those of x86 and ARM.</summary>
    internal static class Native
    {
        internal const int ReadWrite = 2, Create = 0x40, Exclusive = 0x80, CurrentFolder = -100;
        internal const int LockNow = 2 | 4, Interrupted = 4;
        internal static readonly int NoLinks =
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;
        internal static readonly int Hardened = 0x800 /* not blocking */ | 0x80000 /* not inherited */ | NoLinks;

        [DllImport("libc", SetLastError = true)]
        internal static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr pread(int fd, IntPtr memory, IntPtr count, IntPtr offset);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr pwrite(int fd, IntPtr memory, IntPtr count, IntPtr offset);
        [DllImport("libc")] internal static extern int close(int fd);
        [DllImport("libc")] internal static extern int flock(int fd, int operation);
        [DllImport("libc")] internal static extern int posix_fallocate(int fd, IntPtr offset, IntPtr length);
        [DllImport("libc")] internal static extern int unlink([MarshalAs(UnmanagedType.LPUTF8Str)] string path);
        [DllImport("libc")]
        internal static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from,
                                        [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
        [DllImport("libc")]
        internal static extern int rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from,
                                          [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
        [DllImport("libc")] internal static extern uint getuid();
        [DllImport("libc")] internal static extern uint geteuid();
        [DllImport("libc")] internal static extern int getpid();
        [DllImport("libc")]
        private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask,
                                        byte[] status);

        /// <summary>Of an open file (and an empty path) or of what has that path, links not followed; null when there is
        /// none.</summary>
        internal static FileStatus Status(int folder, string path)
        {
            var buffer = new byte[256]; // struct statx is the same everywhere
            if (statx(folder, path, path.Length == 0 ? 0x1000 : 0x100, 0xfff, buffer) != 0)
            {
                return null;
            }
            ulong device = (ulong)BitConverter.ToUInt32(buffer, 136) << 32 | BitConverter.ToUInt32(buffer, 140);
            bool hasBirth = (BitConverter.ToUInt32(buffer, 0) & 0x800) != 0;
            long born = hasBirth ? BitConverter.ToInt64(buffer, 80) * 1000000000 + BitConverter.ToUInt32(buffer, 88) : 0;
            return new FileStatus
            {
                Id = device + " " + BitConverter.ToUInt64(buffer, 32) + " " + born,
                IsRegular = (BitConverter.ToUInt16(buffer, 28) & 0xf000) == 0x8000,
                User = BitConverter.ToUInt32(buffer, 20),
                Size = BitConverter.ToInt64(buffer, 40),
            };
        }
    }

#if SHMPIX_MAIN
    internal static class Program
    {
        private const string Help = "Shmpix.exe share KEY FILE.bmp [--protocol bmp|rawsize|pixels] [--layout L] [--replace]\n" +
                                    "Shmpix.exe save KEY FILE.bmp [--protocol auto|bmp|rawsize|pixels] [--layout L]\n" +
                                    "share stays until Enter is pressed or standard input ends.";

        private static int Main(string[] arguments)
        {
            try
            {
                Run(arguments);
                return 0;
            }
            catch (ShmpixException error)
            {
                Console.Error.WriteLine("shmpix: " + error.Message);
                return error.Code;
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                Console.Error.WriteLine("shmpix: " + error.Message + " Choose another file.");
                return 4;
            }
        }

        private static void Run(string[] arguments)
        {
            var words = new List<string>();
            string protocol = null, layout = null;
            bool replace = false;
            for (int i = 0; i < arguments.Length; ++i)
            {
                if ((arguments[i] == "--protocol" || arguments[i] == "--layout") && i + 1 < arguments.Length)
                {
                    protocol = arguments[i] == "--protocol" ? arguments[i + 1] : protocol;
                    layout = arguments[i] == "--layout" ? arguments[i + 1] : layout;
                    ++i;
                }
                else if (arguments[i] == "--replace")
                {
                    replace = true;
                }
                else
                {
                    words.Add(arguments[i]);
                }
            }
            if (words.Count == 3 && words[0] == "share")
            {
                Share(words[1], words[2], protocol ?? "bmp", layout, replace);
            }
            else if (words.Count == 3 && words[0] == "save")
            {
                Picture picture = Segment.Read(words[1], protocol ?? "auto", layout);
                File.WriteAllBytes(words[2], Protocols.Encode(picture, "bmp"));
                Console.WriteLine("saved " + picture.Width + "x" + picture.Height + " as " + words[2]);
            }
            else
            {
                throw ShmpixException.Usage("These words are not understood:\n" + Help);
            }
        }

        private static void Share(string key, string file, string protocol, string layout, bool replace)
        {
            using (var segment = new Segment(key, replace))
            {
                Picture picture = Protocols.Decode(File.ReadAllBytes(file), "bmp");
                long bytes = segment.Write(picture, protocol, layout);
                Console.WriteLine("shared " + picture.Width + "x" + picture.Height + " as " + protocol +
                                  (segment.Layout != null ? " (" + segment.Layout + ")" : "") + " under " + key + ": " + bytes +
                                  " bytes");
                Console.In.ReadLine();
            }
        }
    }
#endif
}
