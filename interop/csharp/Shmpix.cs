// Shmpix for C#: pictures in named shared memory, in a single file to copy, for .NET or Mono with C# 7. It needs
// neither System.Drawing nor SkiaSharp, but accepts and returns their pixels unchanged.
//
//     using (var segment = new Shmpix.Segment("my_share_mem"))         // removed at the end of the block
//     {
//         segment.Write(new Shmpix.Picture(width, height, Shmpix.ColorType.Bgra8888, pixels), "bmp");
//         ...                                                          // Write() again for the next picture
//     }
//     Shmpix.Picture picture = Shmpix.Segment.Read("my_share_mem");   // BMP, rawsize or a live frame; detected
//     Shmpix.Picture plain = Shmpix.Segment.Read("K", "pixels", "640x480:bgr8");
//
// Live frames, one after another (see common/live/FORMAT.md):
//
//     using (var writer = new Shmpix.LiveWriter("camera"))
//     {
//         var layout = Shmpix.Layout.Parse("1920x1080:bgr8");
//         while (grab(pixels)) { writer.Write(layout, pixels, number, "left eye"); }
//     }                                                    // to let others read: { Mode = "0640", Group = "video" }
//     using (var reader = new Shmpix.LiveReader("camera"))
//     {
//         foreach (Shmpix.LiveFrame frame in reader) { ... }           // the newest frame, until the stream is closed
//         Shmpix.LiveFrame next = reader.Read(500);                    // or null if none arrives within 500 ms
//     }
//
// Compiled on its own, it is a command:  mcs -define:SHMPIX_MAIN -r:System.Core Shmpix.cs && mono Shmpix.exe
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Shmpix
{
    /// <summary>An error whose message names the cause and the remedy.</summary>
    public sealed class ShmpixException : Exception
    {
        /// <summary>The corresponding exit code of the Shmpix programs: 1 other, 2 usage, 3 not found, 4 not permitted,
        /// not created by Shmpix, or in use, 5 bad data, 6 no space.</summary>
        public int Code { get; }

        /// <summary>Creates an error with an exit code.</summary>
        public ShmpixException(int code, string text) : base(text)
        {
            Code = code;
        }

        internal static ShmpixException Usage(string text) { return new ShmpixException(2, text); }
        internal static ShmpixException BadData(string text) { return new ShmpixException(5, text); }
    }

    /// <summary>The layout of a picture's bytes in memory: three values of SkiaSharp's SKColorType, with the same
    /// names.</summary>
    public enum ColorType
    {
        /// <summary>One byte per pixel: grey.</summary>
        Gray8,
        /// <summary>Four bytes per pixel: red, green, blue, unused.</summary>
        Rgb888x,
        /// <summary>Four bytes per pixel: blue, green, red, alpha; not premultiplied.</summary>
        Bgra8888,
    }

    /// <summary>A picture: rows from the top, without padding.</summary>
    public sealed class Picture
    {
        /// <summary>The largest accepted width or height, in pixels.</summary>
        public const int MaximumSide = 65535;
        /// <summary>The largest accepted size of a picture, in bytes.</summary>
        public const long MaximumBytes = 1L << 30;

        /// <summary>The width in pixels.</summary>
        public int Width { get; }
        /// <summary>The height in pixels.</summary>
        public int Height { get; }
        /// <summary>The meaning of the bytes.</summary>
        public ColorType ColorType { get; }
        /// <summary>Width * Height * BytesPerPixel bytes; not a copy.</summary>
        public byte[] Pixels { get; }
        /// <summary>1 or 4.</summary>
        public int BytesPerPixel { get { return ColorType == ColorType.Gray8 ? 1 : 4; } }

        /// <summary>Takes ownership of the array. Throws if its length does not match.</summary>
        public Picture(int width, int height, ColorType colorType, byte[] pixels)
        {
            Width = width;
            Height = height;
            ColorType = colorType;
            Pixels = pixels;
            if (colorType != ColorType.Gray8 && colorType != ColorType.Rgb888x && colorType != ColorType.Bgra8888)
            {
                throw ShmpixException.Usage("Unknown colour type " + colorType + ". Use one of ColorType.");
            }
            CheckSize(width, height, BytesPerPixel);
            if (pixels == null || pixels.LongLength != (long)width * height * BytesPerPixel)
            {
                throw ShmpixException.Usage("A picture of " + width + " x " + height + " as " + colorType + " has " +
                                            (long)width * height * BytesPerPixel + " bytes. Give an array of that length.");
            }
        }

        internal static void CheckSize(long width, long height, long bytesPerPixel)
        {
            if (width <= 0 || height <= 0)
            {
                throw ShmpixException.BadData("The picture is empty: its size is given as " + width + " x " + height +
                                              ". Share a picture that has pixels.");
            }
            if (width > MaximumSide || height > MaximumSide || width * height * bytesPerPixel > MaximumBytes)
            {
                throw ShmpixException.BadData("A picture of " + width + " x " + height + " is too large: each side is limited to " +
                                              MaximumSide + " pixels and a picture to " + MaximumBytes +
                                              " bytes. Share a smaller picture.");
            }
        }

        /// <summary>Stores the R, G, B and A of the pixel with the given index in rgba.</summary>
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

    /// <summary>Describes where the pixels of a picture without a header are stored. Text form:
    /// WxH:FORMAT[,stride=N][,offset=N][,bottom-up].</summary>
    public sealed class Layout
    {
        /// <summary>The formats that can be converted to and from a Picture, with the order of their bytes: letters of
        /// RGBA; x is ignored, y is grey. Live frames may also have wider formats of other programs, as
        /// bytes.</summary>
        public static readonly Dictionary<string, string> Formats = new Dictionary<string, string>
        {
            { "gray8", "y" }, { "rgb8", "rgb" }, { "bgr8", "bgr" }, { "rgba8", "rgba" },
            { "bgra8", "bgra" }, { "rgbx8", "rgbx" }, { "bgrx8", "bgrx" },
        };

        /// <summary>The formats of other programs that live frames may have, with their bytes per pixel. The rows of
        /// nv12 and yuyv are calculated differently.</summary>
        private static readonly Dictionary<string, int> Wider = new Dictionary<string, int>
        {
            { "gray16", 2 }, { "rgb16", 6 }, { "rgba16", 8 }, { "gray16f", 2 }, { "rgb16f", 6 }, { "rgba16f", 8 },
            { "gray32f", 4 }, { "rgb32f", 12 }, { "rgba32f", 16 }, { "gray64f", 8 }, { "rgb64f", 24 }, { "rgba64f", 32 },
            { "nv12", 1 }, { "yuyv", 2 }, { "rggb8", 1 }, { "bggr8", 1 }, { "gbrg8", 1 }, { "grbg8", 1 }, { "bool8", 1 },
            { "gray16i", 2 }, { "rgb16i", 6 }, { "rgba16i", 8 }, { "gray32u", 4 }, { "rgb32u", 12 }, { "rgba32u", 16 },
        };

        /// <summary>The size in pixels. It may come from untrusted text, so End() checks it.</summary>
        public long Width, Height;
        /// <summary>A key of Formats, or one of the wider formats.</summary>
        public string Format;
        /// <summary>The number of bytes from one row to the next, or 0 for rows without padding. If it is negative, the
        /// rows go backwards through memory.</summary>
        public long Stride;
        /// <summary>The position of the first row, in bytes.</summary>
        public long Offset;
        /// <summary>Whether the first row is the bottom row of the picture.</summary>
        public bool BottomUp;

        /// <summary>The size in bytes of an array for these pixels. Throws if the layout is invalid or too
        /// large.</summary>
        public long Bytes
        {
            get
            {
                long bytes = End(1L << 60);
                if (bytes > Picture.MaximumBytes)
                {
                    throw ShmpixException.BadData("The layout " + this + " needs " + bytes + " bytes, and the limit is " +
                                                  Picture.MaximumBytes + ". Use a smaller layout.");
                }
                return bytes;
            }
        }

        internal static bool Knows(string format) { return Formats.ContainsKey(format) || Wider.ContainsKey(format); }
        internal string Order
        {
            get
            {
                if (!Formats.ContainsKey(Format))
                {
                    throw ShmpixException.Usage("Pixels of the format \"" + Format + "\" cannot be converted. Use one of " +
                                                string.Join(", ", Formats.Keys) + ", or a live frame's own bytes.");
                }
                return Formats[Format];
            }
        }
        private int PixelBytes { get { return Formats.ContainsKey(Format) ? Formats[Format].Length : Wider[Format]; } }
        internal long RowBytes
        {
            get { return (Format == "nv12" || Format == "yuyv" ? (Width + 1) / 2 * 2 : Width) * PixelBytes; }
        }
        internal long Step { get { return Stride != 0 ? Stride : RowBytes; } }

        /// <summary>Parses a layout. If a picture is given, the text may omit the size: "bgra8,stride=4096".</summary>
        public static Layout Parse(string text, Picture picture = null)
        {
            string[] words = (text ?? "").Split(',');
            Match size = Regex.Match(words[0], @"\A([0-9]+)x([0-9]+):(.*)\z");
            if (!size.Success && (picture == null || words[0].Contains(":")))
            {
                throw ShmpixException.Usage("\"" + text + "\" is not a layout. Write WxH:FORMAT, such as 640x480:bgra8.");
            }
            var layout = new Layout
            {
                Width = size.Success ? Number(size.Groups[1].Value) : picture.Width,
                Height = size.Success ? Number(size.Groups[2].Value) : picture.Height,
                Format = size.Success ? size.Groups[3].Value : words[0],
            };
            CheckFormat(layout.Format);
            for (int i = 1; i < words.Length; ++i)
            {
                Match number = Regex.Match(words[i], @"\A(stride|offset)=(-?[0-9]+)\z");
                if (number.Success && number.Groups[1].Value == "stride")
                {
                    layout.Stride = Number(number.Groups[2].Value);
                }
                else if (number.Success)
                {
                    layout.Offset = Number(number.Groups[2].Value);
                }
                else if (words[i] == "bottom-up")
                {
                    layout.BottomUp = true;
                }
                else
                {
                    throw ShmpixException.Usage("\"" + words[i] +
                                                "\" is not part of a layout. Write stride=N, offset=N or bottom-up.");
                }
            }
            return layout;
        }

        /// <summary>Returns the text form.</summary>
        public override string ToString()
        {
            return FormattableString.Invariant($"{Width}x{Height}:{Format}") +
                   (Stride != 0 ? FormattableString.Invariant($",stride={Stride}") : "") +
                   (Offset != 0 ? FormattableString.Invariant($",offset={Offset}") : "") + (BottomUp ? ",bottom-up" : "");
        }

        private static long Number(string digits)
        {
            long number;
            if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                throw ShmpixException.Usage("The number " + digits + " is too large for a layout. Use the layout of its writer.");
            }
            return number;
        }

        private static void CheckFormat(string format)
        {
            if (format == null || !Knows(format))
            {
                throw ShmpixException.Usage("Unknown pixel format \"" + format + "\". Use one of " +
                                            string.Join(", ", Formats.Keys) + ", " + string.Join(", ", Wider.Keys) + ".");
            }
        }

        /// <summary>Returns whether the layout is valid and fits into the given number of bytes.</summary>
        internal bool LiesWithin(long bytes)
        {
            try
            {
                return End(bytes) <= bytes;
            }
            catch (ShmpixException)
            {
                return false;
            }
        }

        /// <summary>Returns the end of the pixels, one past their last byte. Throws if the layout is invalid or does
        /// not fit into a segment of the given size.</summary>
        internal long End(long segmentBytes)
        {
            CheckFormat(Format);
            Picture.CheckSize(Width, Height, PixelBytes);
            const long most = Picture.MaximumBytes;
            if (Offset < 0 || Offset > segmentBytes || Step > most || Step < -most || Format == "nv12" && Step < 0)
            {
                throw ShmpixException.BadData("The layout " + this + " begins or continues outside the segment of " + segmentBytes +
                                              " bytes. Use the offset and the stride of its writer.");
            }
            if (Math.Abs(Step) < RowBytes)
            {
                throw ShmpixException.BadData("The stride of " + Stride + " bytes is shorter than a row of " + RowBytes +
                                              ". Use a longer stride.");
            }
            long rows = Format == "nv12" ? Height + (Height + 1) / 2 : Height;
            long last = Offset + Step * (rows - 1);
            long end = Math.Max(Offset, last) + RowBytes;
            if (Math.Min(Offset, last) < 0 || end > segmentBytes)
            {
                throw ShmpixException.BadData("The layout " + this + " reaches from byte " + Math.Min(Offset, last) + " to " + end +
                                              ", but the segment has " + segmentBytes +
                                              ". Use the size and the format of its writer.");
            }
            return end;
        }
    }

    /// <summary>Converts pictures to bytes and back. The bytes may come from any program, so they are checked before
    /// use.</summary>
    public static class Protocols
    {
        /// <summary>Returns the bytes of a picture. protocol is bmp, rawsize or pixels. layout applies to pixels:
        /// [WxH:]FORMAT[,stride=N][,offset=N][,bottom-up], or null for the picture's own layout.</summary>
        public static byte[] Encode(Picture picture, string protocol, string layout = null)
        {
            CheckPicture(picture);
            switch (protocol)
            {
            case "bmp":
                return Bmp.Write(picture);
            case "rawsize":
                return WriteRawsize(picture);
            case "pixels":
                return WritePixels(picture, LayoutFor(picture, layout));
            default:
                throw ShmpixException.Usage("Unknown protocol \"" + protocol + "\". Use bmp, rawsize or pixels.");
            }
        }

        /// <summary>Returns the picture that the bytes contain. protocol is auto, bmp, rawsize or pixels; pixels
        /// requires the full layout.</summary>
        public static Picture Decode(byte[] bytes, string protocol = "auto", string layout = null)
        {
            if (bytes == null)
            {
                throw ShmpixException.Usage("There are no bytes to read a picture from. Give an array of bytes.");
            }
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
                    throw ShmpixException.Usage("Pixels without a header can only be read with their layout. Give 640x480:bgra8, for " +
                                                "example.");
                }
                return ReadPixels(bytes, Layout.Parse(layout));
            case "":
                throw ShmpixException.BadData("The segment (" + bytes.Length + " bytes) does not hold a picture in a known format: it " +
                                              "is neither BMP nor rawsize. Give a layout if it has no header.");
            default:
                throw ShmpixException.Usage("Unknown protocol \"" + protocol + "\". Use bmp, rawsize or pixels.");
            }
        }

        /// <summary>Returns the layout that the text describes for a picture, or the picture's own layout if the text
        /// is null.</summary>
        public static Layout LayoutFor(Picture picture, string text)
        {
            CheckPicture(picture);
            string own = picture.ColorType == ColorType.Gray8 ? "gray8"
                         : picture.ColorType == ColorType.Rgb888x ? "rgbx8" : "bgra8";
            Layout layout = Layout.Parse(text ?? own, picture);
            if (layout.Width != picture.Width || layout.Height != picture.Height)
            {
                throw ShmpixException.Usage("The layout " + layout + " does not have the size of the picture, " + picture.Width +
                                            " x " + picture.Height + ". Use that size.");
            }
            return layout;
        }

        private static void CheckPicture(Picture picture)
        {
            if (picture == null)
            {
                throw ShmpixException.Usage("There is no picture to share. Give a picture.");
            }
        }

        private static byte[] WriteRawsize(Picture picture)
        {
            byte[] bytes = Memory.Bytes(4 + 4L * picture.Width * picture.Height);
            bytes[0] = (byte)(picture.Width & 255);
            bytes[1] = (byte)(picture.Height & 255);
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

        /// <summary>Returns the size in the header, or null. Writers that use one byte per side store it modulo 256.
        /// Their segments are refused, because only their own readers can know the size.</summary>
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
                                              " bytes. Read it with the protocol of its writer.");
            }
            Picture.CheckSize(size[0], size[1], 4);
            byte[] pixels = Memory.Bytes(4L * size[0] * size[1]);
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
            byte[] bytes = Memory.Bytes(layout.Bytes);
            string order = layout.Order;
            if (order == "y" && picture.ColorType != ColorType.Gray8)
            {
                throw ShmpixException.Usage("The picture has colours, which gray8 does not support. Convert it first, or choose " +
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

        internal static Picture ReadPixels(byte[] bytes, Layout layout)
        {
            string order = layout.Order;
            layout.End(bytes.LongLength);
            ColorType type = order == "y" ? ColorType.Gray8 : order.Contains("a") ? ColorType.Bgra8888 : ColorType.Rgb888x;
            Picture.CheckSize(layout.Width, layout.Height, 4);
            int width = (int)layout.Width, height = (int)layout.Height, count = order.Length;
            byte[] pixels = Memory.Bytes((long)width * height * (type == ColorType.Gray8 ? 1 : 4));
            string target = type == ColorType.Bgra8888 ? "bgra" : "rgb";
            long to = 0;
            for (int y = 0; y < height; ++y)
            {
                long at = layout.Offset + layout.Step * (layout.BottomUp ? height - 1 - y : y);
                if (order == "y" || order == "bgra")
                {
                    Array.Copy(bytes, at, pixels, layout.RowBytes * y, layout.RowBytes);
                    continue;
                }
                for (int x = 0; x < width; ++x, at += count)
                {
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

    /// <summary>Allocates arrays whose size comes from other programs.</summary>
    internal static class Memory
    {
        private const int MostHeader = 4096; ///< the longest header of a picture of the maximum size

        internal static byte[] Bytes(long count)
        {
            if (count > Picture.MaximumBytes + MostHeader)
            {
                throw ShmpixException.BadData("The picture needs " + count + " bytes in this protocol, and the limit is " +
                                              Picture.MaximumBytes + ". Share a smaller picture, or choose a protocol that needs " +
                                              "fewer bytes per pixel.");
            }
            try
            {
                return new byte[count];
            }
            catch (OutOfMemoryException)
            {
                throw new ShmpixException(6, "There is not enough memory for " + count + " bytes. Close other programs, or share a " +
                                                 "smaller picture.");
            }
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
            byte[] bytes = Memory.Bytes(begin + stride * picture.Height);
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

        /// <summary>Returns the offset at which a BMP begins: 0, or 4 if a length precedes it; -1 if there is no BMP.
        /// The length may also have overwritten the first four bytes of the file, if the writer stored it
        /// last.</summary>
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
                throw Invalid("it does not start with BM and a header of a known length");
            }
            long header = Get(bytes, start + 14), begin = Get(bytes, start + 10);
            long width = unchecked((int)Get(bytes, start + 18)), signedHeight = unchecked((int)Get(bytes, start + 22));
            long height = Math.Abs(signedHeight);
            int planes = bytes[start + 26] | bytes[start + 27] << 8, bits = bytes[start + 28] | bytes[start + 29] << 8;
            long compression = Get(bytes, start + 30), colors = Get(bytes, start + 46);
            if (planes != 1 || bits != 8 && bits != 24 && bits != 32 || compression != 0 && !(compression == 3 && bits == 32))
            {
                throw ShmpixException.BadData("A BMP of " + bits + " bits with compression " + compression +
                                              " is not supported by Shmpix.cs. Save it uncompressed with 8, 24 or 32 bits.");
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
                    throw ShmpixException.BadData("Shmpix.cs does not support a BMP with masks other than B, G, R, A. Save it with 24 " +
                                                  "bits.");
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
            byte[] pixels = Memory.Bytes(width * height * (type == ColorType.Gray8 ? 1 : 4));
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
                throw ShmpixException.BadData("The BMP is truncated: it needs " + count + " bytes, but the segment has " +
                                              bytes.LongLength + ". Use a complete copy, in a segment that is large enough.");
            }
        }

        private static ShmpixException Invalid(string why)
        {
            return ShmpixException.BadData("The BMP is not valid: " + why + ". Use an undamaged copy.");
        }

        private static long Get(byte[] bytes, long at)
        {
            return bytes[at] | (uint)bytes[at + 1] << 8 | (uint)bytes[at + 2] << 16 | (uint)bytes[at + 3] << 24;
        }

        private static void Put(byte[] bytes, int at, long value)
        {
            for (int i = 0; i < 4; ++i)
            {
                bytes[at + i] = (byte)(value >> 8 * i & 255);
            }
        }
    }

    /// <summary>A segment of named shared memory. Each Write() creates or replaces it, and Dispose() removes it.
    ///
    /// Keys: NAME is a named map on Windows, and the file /dev/shm/NAME on Linux, which is the POSIX object /NAME.
    /// file:/PATH is a mapped file. On Linux, .NET does not support named maps, and other programs cannot see Mono's.
    /// Use a segment from only one thread at a time.</summary>
    public sealed class Segment : IDisposable
    {
        private readonly IStore store;
        private LiveWriter live;

        /// <summary>Accesses nothing before the first Write(). If replace is true, Write() replaces a segment that
        /// another program left under the key, but never one that a running Shmpix program shares.</summary>
        public Segment(string key, bool replace = false)
        {
            store = Stores.For(new Key(key), replace);
        }

        /// <summary>The layout of the last picture if it was written as pixels, otherwise null. Its readers need the
        /// layout.</summary>
        public string Layout { get; private set; }

        /// <summary>Who may read and write the next segment, in octal as for chmod: "0644" lets everybody read. Each
        /// later segment keeps the current mode of the previous one. A new key starts with 0600, for its user only. A
        /// segment that replaces another program's segment takes over its mode.</summary>
        public string Mode
        {
            get { return store.Wanted.Mode; }
            set { store.Wanted.Mode = value; }
        }

        /// <summary>The group of the next segment, by name or number. You must be a member of the group. See
        /// Mode.</summary>
        public string Group
        {
            get { return store.Wanted.Group; }
            set { store.Wanted.Group = value; }
        }

        /// <summary>Shares a picture as bmp, rawsize or pixels (see Protocols.Encode()), or as the next frame of a live
        /// stream ("live"; LiveWriter offers more options). Returns the number of bytes.</summary>
        public long Write(Picture picture, string protocol = "bmp", string layout = null)
        {
            if (protocol == "live")
            {
                live = live ?? new LiveWriter(store);
                Layout lies = Protocols.LayoutFor(picture, layout);
                byte[] frame = layout == null ? picture.Pixels : Protocols.Encode(picture, "pixels", layout);
                live.Write(lies, frame);
                Layout = null;
                return frame.LongLength;
            }
            byte[] bytes = Protocols.Encode(picture, protocol, layout);
            End();
            store.Put(bytes);
            Layout = protocol == "pixels" ? Protocols.LayoutFor(picture, layout).ToString() : null;
            return bytes.LongLength;
        }

        /// <summary>Removes the segment.</summary>
        public void Dispose()
        {
            End();
            store.Dispose();
        }

        private void End()
        {
            if (live != null)
            {
                live.End();
                live = null;
            }
        }

        /// <summary>Returns the picture that is shared under the key (see Protocols.Decode()), or the newest frame of a
        /// live stream (protocol "live"). Does not change the segment.</summary>
        public static Picture Read(string key, string protocol = "auto", string layout = null)
        {
            if (protocol == "live" || protocol == "auto" && layout == null && LiveHeader.IsAt(key))
            {
                return LiveReader.Newest(key).ToPicture();
            }
            return Protocols.Decode(ReadBytes(key), protocol, layout);
        }

        /// <summary>Returns a copy of all bytes that are shared under the key.</summary>
        public static byte[] ReadBytes(string key)
        {
            var parsed = new Key(key);
            return Key.OnWindows ? MapStore.Read(parsed) : FileStore.Read(parsed);
        }
    }

    internal interface IStore : IDisposable
    {
        void Put(byte[] bytes);

        /// <summary>Creates a segment for live frames, which gets the name as soon as it is filled. A replaced segment
        /// stays until its readers have left it. The caller must dispose of the mapping, which has memory only for the
        /// reserved parts.</summary>
        MappedMemory Make(long size, Action<MappedMemory> fill);

        /// <summary>Whether the last segment still has its name and its size.</summary>
        bool IsWhole { get; }

        /// <summary>Whether a segment can be created while another one has the name.</summary>
        bool TakesNames { get; }

        /// <summary>Who may read the next segment.</summary>
        Permission Wanted { get; }
    }

    internal static class Stores
    {
        internal static IStore For(Key key, bool replace)
        {
            return Key.OnWindows ? (IStore)new MapStore(key) : new FileStore(key, replace);
        }
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
            if (string.IsNullOrEmpty(text) || text.IndexOf('\0') >= 0 || !Native.IsText(text))
            {
                throw ShmpixException.Usage("The key is empty, or contains a NUL or an incomplete character. Give a name, such as " +
                                            "shmpix.");
            }
            if (Begins("windows:") && !OnWindows)
            {
                throw ShmpixException.Usage("Named maps exist only on Windows: .NET has none on Linux, and no other program sees " +
                                            "Mono's. Give the plain name, which on Linux is a file in /dev/shm.");
            }
            if (Begins("qt:") || Begins("systemv:"))
            {
                throw ShmpixException.Usage("Shmpix.cs does not support System V memory. Share under a plain name, or file:/path.");
            }
            IsPath = Begins("file:");
            if (IsPath && (!IsFullPath(text.Substring(5)) || text.EndsWith("/", StringComparison.Ordinal)))
            {
                throw ShmpixException.Usage("\"" + text.Substring(5) + "\" is not the full path of a file. Write file:/full/path.");
            }
            string name = IsPath ? text.Substring(5) : Regex.Replace(text, @"\A(posix:/?|windows:|/)", "");
            if (!IsPath && !OnWindows)
            {
                if (name.Length == 0 || name == "." || name == ".." || name.Contains("/") || Encoding.UTF8.GetByteCount(name) > 255)
                {
                    throw ShmpixException.Usage("\"" + name + "\" cannot be a key. Give a name without a slash, of up to 255 bytes, " +
                                                "or file:/path.");
                }
                name = "/dev/shm/" + name;
            }
            Name = name;
        }

        private bool Begins(string scheme) { return Text.StartsWith(scheme, StringComparison.Ordinal); }

        private static bool IsFullPath(string path)
        {
            try
            {
                return Path.IsPathRooted(path);
            }
            catch (ArgumentException) // the path has invalid characters
            {
                return false;
            }
        }

        internal ShmpixException Missing()
        {
            return new ShmpixException(3, "Nothing is shared under " + Text + ". Share a picture there first, or check the key.");
        }

        internal ShmpixException Failed(string why)
        {
            return new ShmpixException(4, Text + " cannot be opened: " + why + " Choose another key.");
        }

        internal ShmpixException Refused(string why)
        {
            return new ShmpixException(4, Text + " cannot be shared: " + why + " Share again, or choose another key.");
        }

        internal ShmpixException InUse()
        {
            return new ShmpixException(4, Text + " is in use: another program shares a picture there. Stop sharing in that program, " +
                                              "or choose another key.");
        }

        internal ShmpixException NoRoom(long bytes)
        {
            return new ShmpixException(6, "There is not enough space for the picture: it needs " + bytes + " bytes under " + Text +
                                              ". Free some space there, or make it larger (in a container: --shm-size).");
        }

        /// <summary>The error for an object that is not a regular file.</summary>
        internal ShmpixException NoSegment(FileStatus status)
        {
            return new ShmpixException(4, Text + " is " + (status == null ? "no file" : status.Kind) + ", not a segment. Choose " +
                                              "another key, or remove it.");
        }

        /// <summary>The error for a failed open() of the file.</summary>
        internal ShmpixException CannotOpen(int error)
        {
            FileStatus status = IsPath ? Native.StatusOfTarget(Name) : Native.Status(Native.CurrentFolder, Name);
            if (error == Native.NotFound || error == Native.NoFolder)
            {
                return Missing();
            }
            if (error == Native.NameTooLong)
            {
                return ShmpixException.Usage("The name " + Text + " is longer than the system allows. Choose a shorter name.");
            }
            if (status != null && !status.IsRegular)
            {
                return NoSegment(status);
            }
            if ((error == Native.NoAccess || error == Native.NotPermitted) && status != null)
            {
                return new ShmpixException(4, Text + " belongs to user " + Native.UserName(status.User) +
                                                  ", who does not let you read it (mode " + status.ModeText + "). Ask that user to " +
                                                  "share it with the mode 0644 (--mode 0644) or with one of your groups (--group " +
                                                  "NAME), or choose another key.");
            }
            if (error == Native.NoAccess || error == Native.NotPermitted)
            {
                return new ShmpixException(4, "You do not have permission to open files in " + Path.GetDirectoryName(Name) +
                                              ". Choose another place.");
            }
            if (error == Native.WouldBlock)
            {
                return new ShmpixException(4, Text + " is being replaced. Read it again.");
            }
            if (Native.IsTooManyFiles(error))
            {
                return Native.TooManyFiles(Text + " cannot be opened");
            }
            return new ShmpixException(1, Text + " cannot be opened: " + Native.Message(error) + ". Choose another key.");
        }
    }

    /// <summary>Named maps on Windows. They are filled in place, and the bytes that a reader recognises are written
    /// last. This object keeps the map open, because a map exists only while a program has it open.</summary>
    internal sealed class MapStore : IStore
    {
        private readonly Key key;
        private MemoryMappedFile map;
        private long size;

        internal MapStore(Key key)
        {
            this.key = key;
            Wanted = new Permission();
        }

        public Permission Wanted { get; }

        public void Put(byte[] bytes)
        {
            if (map == null || size < bytes.LongLength)
            {
                Create(bytes.LongLength);
            }
            using (MemoryMappedViewAccessor view = map.CreateViewAccessor(0, size))
            {
                int head = Math.Min(16, bytes.Length);
                view.WriteArray(0, new byte[head], 0, head);
                view.WriteArray(head, bytes, head, bytes.Length - head);
                Thread.MemoryBarrier();
                view.WriteArray(0, bytes, 0, head);
            }
        }

        public MappedMemory Make(long bytes, Action<MappedMemory> fill)
        {
            for (int i = 0;; ++i) // readers of the previous map keep its name in use until their next check
            {
                try
                {
                    Create(bytes);
                    break;
                }
                catch (ShmpixException)
                {
                    if (i == 200)
                    {
                        throw;
                    }
                    Thread.Sleep(10);
                }
            }
            var memory = new MappedMemory(map.CreateViewAccessor(0, size));
            fill(memory);
            return memory;
        }

        public bool IsWhole { get { return true; } } // an open map cannot be removed or made shorter
        public bool TakesNames { get { return false; } }

        private void Create(long bytes)
        {
            Dispose();
            map = Opened(key, () => key.IsPath ? MemoryMappedFile.CreateFromFile(key.Name, FileMode.OpenOrCreate, null, bytes)
                                               : MemoryMappedFile.CreateNew(key.Name, bytes));
            size = bytes;
        }

        internal static MemoryMappedFile Open(Key key)
        {
            return Opened(key, () => key.IsPath ? MemoryMappedFile.CreateFromFile(key.Name, FileMode.Open)
                                                : MemoryMappedFile.OpenExisting(key.Name, MemoryMappedFileRights.Read));
        }

        private static MemoryMappedFile Opened(Key key, Func<MemoryMappedFile> open)
        {
            try
            {
                return open();
            }
            catch (Exception error) when (error is FileNotFoundException || error is DirectoryNotFoundException)
            {
                throw key.Missing();
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is ArgumentException ||
                                          error is NotSupportedException)
            {
                throw key.Failed(error.Message);
            }
        }

        internal static byte[] Read(Key key)
        {
            using (MemoryMappedFile map = Open(key))
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

        public void Dispose()
        {
            if (map != null)
            {
                map.Dispose();
                map = null;
            }
        }
    }

    /// <summary>A file, on Linux and other Unix systems. A second, hidden file is filled and then takes over the name,
    /// so that a reader sees either the old or the new picture. The Shmpix programs do the same.</summary>
    internal sealed class FileStore : IStore
    {
        private readonly Key key;
        private readonly HiddenNames names;
        private bool replace;
        private OwnerRecord record;
        private OpenFile published; ///< null when a mapping has taken it over
        private OpenFile last;      ///< the last published file, even if a mapping has taken it over
        private string publishedId;
        private long publishedSize;

        internal FileStore(Key key, bool replace)
        {
            this.key = key;
            this.replace = replace;
            names = new HiddenNames(key);
            Wanted = new Permission();
        }

        public Permission Wanted { get; }

        public void Put(byte[] bytes)
        {
            Put(file => Reserve(file, bytes.LongLength), bytes.LongLength, file =>
            {
                if (!file.Write(bytes))
                {
                    throw key.NoRoom(bytes.LongLength);
                }
            });
        }

        public MappedMemory Make(long size, Action<MappedMemory> fill)
        {
            MappedMemory memory = null;
            try
            {
                Put(file => Lengthen(file, size), size, file =>
                {
                    memory = MappedMemory.Map(file, size, true);
                    if (memory == null)
                    {
                        throw new ShmpixException(6, "A segment of " + size + " bytes under " + key.Text + " cannot be mapped into " +
                                                     "memory (" + Native.LastMessage() + "). Close other programs, or share a " +
                                                     "smaller picture.");
                    }
                    memory.Reserve = (at, count) => ReservePart(file, at, count);
                    fill(memory);
                });
                memory.Keep(published);
                published = null;
                return memory;
            }
            catch
            {
                if (memory != null)
                {
                    memory.Dispose();
                }
                throw;
            }
        }

        public bool IsWhole
        {
            get
            {
                FileStatus named = Native.Status(Native.CurrentFolder, key.Name);
                return named != null && named.Id == publishedId && named.Size >= publishedSize;
            }
        }
        public bool TakesNames { get { return true; } }

        private void Put(Action<OpenFile> size, long bytes, Action<OpenFile> fill)
        {
            if (record != null && !record.HasItsName)
            {
                LeaveRecord(); // it was removed, so other programs cannot see that we are alive and may share here
            }
            record = record ?? OwnerRecord.Take(key, names);
            OpenFile file = null;
            string spare = null;
            try
            {
                Named();
                file = names.MakeSpare(out spare);
                size(file);
                fill(file);
                Publish(file, spare);
            }
            catch
            {
                if (file != null)
                {
                    HiddenNames.Remove(spare, file);
                    file.Dispose();
                }
                if (publishedId == null)
                {
                    LeaveRecord();
                }
                throw;
            }
            if (published != null)
            {
                published.Dispose();
            }
            last = published = file;
            publishedId = file.Status.Id;
            publishedSize = bytes;
            replace = false;
        }

        /// <summary>Returns the file that has the name, or null. Throws if the file must not be replaced.</summary>
        private FileStatus Named()
        {
            FileStatus status = Native.Status(Native.CurrentFolder, key.Name);
            if (status == null)
            {
                return null;
            }
            if (!status.IsRegular)
            {
                throw key.NoSegment(status);
            }
            if (status.User != Native.geteuid())
            {
                throw new ShmpixException(4, key.Text + " belongs to user " + Native.UserName(status.User) +
                                             ", and Shmpix does not write to another user's segment. Choose another key.");
            }
            bool ours = status.Id == publishedId ||
                        record.Lists(status.Id) && !(key.IsPath && status.Id.EndsWith(" 0", StringComparison.Ordinal));
            if (!ours && !replace)
            {
                throw new ShmpixException(4, key.Text + " already exists (" + status.Size + " bytes) and was not created by Shmpix. " +
                                             "Replace it, or choose another key.");
            }
            return status;
        }

        /// <summary>Sets the length of the file and reserves memory for all of it. Writing to mapped memory that is not
        /// reserved would end this process with a signal.</summary>
        private void Reserve(OpenFile file, long size)
        {
            CheckLimit(size);
            Check(Native.Allocate(file.Number, 0, size), size);
        }

        /// <summary>Sets the length of the file without reserving memory.</summary>
        private void Lengthen(OpenFile file, long size)
        {
            CheckLimit(size);
            Check(Native.ftruncate(file.Number, (IntPtr)size) == 0 ? 0 : Marshal.GetLastWin32Error(), size);
        }

        /// <summary>Reserves memory for a part of the file without changing its length, so that a file that another
        /// program made shorter stays short.</summary>
        private void ReservePart(OpenFile file, long at, long count)
        {
            int error = Native.AllocateWithin(file.Number, at, count);
            if (error == Native.NotSupported)
            {
                error = file.Status.Size < at + count ? 0 : Native.Allocate(file.Number, at, count);
            }
            Check(error, count);
        }

        private static void CheckLimit(long size)
        {
            long limit = Native.LargestFile();
            if (size > limit) // the attempt would end this process with a signal
            {
                throw new ShmpixException(6, "A segment of " + size + " bytes cannot be created: this program may write at most " +
                                              limit + " bytes to one file. Start it with a larger limit (ulimit -f).");
            }
        }

        private void Check(int error, long size)
        {
            if (error == Native.NoRoom)
            {
                throw key.NoRoom(size);
            }
            if (error != 0)
            {
                throw new ShmpixException(6, "A segment of " + size + " bytes cannot be created under " + key.Text + " (" +
                                             Native.Message(error) + "). Choose another place.");
            }
        }

        private void Publish(OpenFile file, string spare)
        {
            FileStatus named = Named();
            Permit(file, named ?? (last == null ? null : Native.Status(last.Number, "")));
            string id = file.Status.Id;
            record.Write(key, named == null ? new[] { id } : new[] { id, named.Id });
            FileStatus filled = Native.Status(Native.CurrentFolder, spare);
            if (filled == null || filled.Id != id)
            {
                throw key.Refused("another program removed " + spare + " while it was being filled.");
            }
            if (named != null ? Native.rename(spare, key.Name) != 0 : Native.link(spare, key.Name) != 0)
            {
                throw key.Refused("the picture cannot be given the name (" + Native.LastMessage() + ").");
            }
            HiddenNames.Remove(spare, file);
            Wanted.IsGiven();
        }

        /// <summary>Gives a file the requested mode and group, or by default those of the file that it replaces, which
        /// its user may have changed.</summary>
        private void Permit(OpenFile file, FileStatus before)
        {
            uint? group = Wanted.GroupNumber ?? (before == null ? (uint?)null : before.Group);
            int mode = Wanted.Bits ?? (before == null ? Permission.OwnerOnly : before.Mode & Permission.All);
            if (group.HasValue && group != file.Status.Group && Native.fchown(file.Number, uint.MaxValue, group.Value) != 0)
            {
                if (Wanted.GroupNumber.HasValue)
                {
                    throw new ShmpixException(4, "The group of " + key.Text + " cannot be set to " + Wanted.Group + " (" +
                                                 Native.LastMessage() + "). Name a group that you are a member of.");
                }
                mode = Wanted.Bits ?? mode & ~Permission.OfGroup; // these bits were for another group
            }
            if (Native.fchmod(file.Number, mode) != 0)
            {
                throw key.Refused("the mode of the segment cannot be set (" + Native.LastMessage() + ").");
            }
        }

        /// <summary>Lets other programs share under the name. Keeps the record if a segment that it lists still
        /// exists.</summary>
        private void LeaveRecord()
        {
            FileStatus named = Native.Status(Native.CurrentFolder, key.Name);
            if (named == null || named.Id != publishedId && !record.Lists(named.Id))
            {
                record.Remove();
            }
            record.Dispose();
            record = null;
        }

        internal static OpenFile Open(Key key)
        {
            OpenFile file = OpenFile.Open(key.Name, Native.Hardened & ~(key.IsPath ? Native.NoLinks : 0));
            if (file == null)
            {
                throw key.CannotOpen(Marshal.GetLastWin32Error());
            }
            FileStatus status = Native.Status(file.Number, "");
            if (status == null || !status.IsRegular)
            {
                file.Dispose();
                throw key.NoSegment(status);
            }
            return file;
        }

        internal static byte[] Read(Key key)
        {
            using (OpenFile file = Open(key))
            {
                return file.Read(file.Status.Size);
            }
        }

        public void Dispose()
        {
            FileStatus named = Native.Status(Native.CurrentFolder, key.Name);
            if (publishedId != null && named != null && named.Id == publishedId)
            {
                Native.unlink(key.Name);
            }
            if (record != null)
            {
                LeaveRecord();
            }
            publishedId = null;
            if (published != null)
            {
                published.Dispose();
                published = null;
            }
        }
    }

    /// <summary>Who may read a segment: its mode and group, if they were set. They apply to the next segment. Each
    /// later segment keeps the current access of the previous one.</summary>
    internal sealed class Permission
    {
        internal const int OwnerOnly = 0x180 /* 0600 */, OfGroup = 0x38 /* 0070 */, All = 0x1ff /* 0777 */;

        private string mode, group;

        internal int? Bits { get; private set; }
        internal uint? GroupNumber { get; private set; }

        internal string Mode
        {
            get { return mode; }
            set
            {
                Bits = value == null ? (int?)null : ParseMode(value);
                mode = value;
            }
        }

        internal string Group
        {
            get { return group; }
            set
            {
                GroupNumber = value == null ? (uint?)null : ParseGroup(value);
                group = value;
            }
        }

        /// <summary>Must be called after a segment got the mode and the group.</summary>
        internal void IsGiven()
        {
            Bits = null;
            GroupNumber = null;
        }

        private static int ParseMode(string text)
        {
            CheckSystem();
            if (!Regex.IsMatch(text, @"\A0?[0-7]{3}\z"))
            {
                throw ShmpixException.Usage("\"" + text + "\" is not a mode. Write three octal digits, such as 0644, which lets " +
                                            "everybody read, or 0640, which lets the group read.");
            }
            return Convert.ToInt32(text, 8);
        }

        private static uint ParseGroup(string text)
        {
            CheckSystem();
            uint number;
            if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number != uint.MaxValue)
            {
                return number;
            }
            uint? named = text.IndexOf('\0') >= 0 || !Native.IsText(text) ? null : Native.GroupNumber(text);
            if (!named.HasValue)
            {
                throw ShmpixException.Usage("There is no group \"" + text + "\" on this system. Name one of your groups, which the " +
                                            "command id lists.");
            }
            return named.Value;
        }

        private static void CheckSystem()
        {
            if (Key.OnWindows)
            {
                throw ShmpixException.Usage("A named map has neither a mode nor a group. Leave them out on Windows.");
            }
        }
    }

    /// <summary>The possible names of this user's hidden files beside a segment: a stem followed by ".owner" or
    /// ".spare". If another user already has a file with such a name, the next stem is used.</summary>
    internal sealed class HiddenNames
    {
        private const int Stems = 9;

        private readonly Key key;
        private readonly string folder, stem;

        internal HiddenNames(Key key)
        {
            this.key = key;
            folder = Path.GetDirectoryName(key.Name);
            using (SHA1 sha = SHA1.Create())
            {
                byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(Path.GetFileName(key.Name)));
                string hex = BitConverter.ToString(hash).Replace("-", "").ToLowerInvariant().Substring(0, 16);
                stem = Path.Combine(folder, ".shmpix." + Native.getuid() + "." + hex);
            }
        }

        internal IEnumerable<string> Records { get { return Ending(".owner"); } }

        private IEnumerable<string> Ending(string ending)
        {
            for (int i = 1; i <= Stems; ++i)
            {
                yield return stem + (i == 1 ? "" : "." + i) + ending;
            }
        }

        /// <summary>Creates the second file and removes those of dead owners. The record must be locked.</summary>
        internal OpenFile MakeSpare(out string path)
        {
            foreach (string left in Ending(".spare"))
            {
                if (IsOurs(Native.Status(Native.CurrentFolder, left)))
                {
                    Native.unlink(left);
                }
            }
            string blocked = null;
            foreach (string name in Ending(".spare"))
            {
                OpenFile file = OpenFile.Make(name);
                if (file != null)
                {
                    path = name;
                    return file;
                }
                int error = Marshal.GetLastWin32Error();
                if (error != Native.Exists)
                {
                    throw CannotMake(name, error);
                }
                blocked = blocked ?? name;
                if (!IsSafe)
                {
                    break;
                }
            }
            throw Blocked(blocked);
        }

        /// <summary>Whether only the folder's owner can remove or replace our files there. Otherwise another name would
        /// not help.</summary>
        internal bool IsSafe
        {
            get
            {
                FileStatus status = Native.StatusOfTarget(folder);
                return status != null && ((status.Mode & 0x12 /* 0022 */) == 0 || (status.Mode & 0x200 /* sticky */) != 0);
            }
        }

        internal ShmpixException Blocked(string path)
        {
            FileStatus status = Native.Status(Native.CurrentFolder, path);
            if (status != null && status.User == Native.geteuid())
            {
                return new ShmpixException(4, key.Text + " cannot be shared: " + path + ", which Shmpix reserves for its own file, is " +
                                                  status.Kind + ". Remove it, or choose another key.");
            }
            return new ShmpixException(4, key.Text + " cannot be shared: " + path + ", which Shmpix reserves for its own file, belongs " +
                                              "to user " + (status == null ? "unknown" : Native.UserName(status.User)) +
                                              ". Ask that user or an administrator to remove it, or choose another key.");
        }

        internal ShmpixException CannotMake(string path, int error)
        {
            if (error == Native.NotFound)
            {
                return new ShmpixException(3, "The folder of " + key.Text + " does not exist. Create it first, or choose another place.");
            }
            if (error == Native.NoRoom)
            {
                return new ShmpixException(6, key.Text + " cannot be shared: there is no space left for the file " + path +
                                                  ". Free some space there.");
            }
            if (Native.IsTooManyFiles(error))
            {
                return Native.TooManyFiles(key.Text + " cannot be shared");
            }
            return new ShmpixException(4, key.Text + " cannot be shared: the file " + path + " cannot be created (" +
                                              Native.Message(error) + "). Choose another place.");
        }

        /// <summary>Whether we may have made the file.</summary>
        internal static bool IsOurs(FileStatus status)
        {
            return status != null && status.IsRegular && status.User == Native.geteuid();
        }

        /// <summary>Removes the name of an open file if it still belongs to that file.</summary>
        internal static void Remove(string path, OpenFile file)
        {
            FileStatus named = Native.Status(Native.CurrentFolder, path), open = Native.Status(file.Number, "");
            if (named != null && open != null && named.Id == open.Id)
            {
                Native.unlink(path);
            }
        }
    }

    /// <summary>The hidden file beside a segment that identifies its owner. It is locked while the owner lives, and
    /// lists the segments that the owner has published or will publish. The Shmpix programs use the same file
    /// (common/segment/posix/ownerrecord.h).</summary>
    internal sealed class OwnerRecord : IDisposable
    {
        private const int Bytes = 512;

        private readonly string path;
        private readonly OpenFile file;
        private readonly List<string> listed = new List<string>();

        private OwnerRecord(string path, OpenFile file)
        {
            this.path = path;
            this.file = file;
        }

        /// <summary>Makes the record of a key or takes over the record of a dead owner. Throws while another owner
        /// lives.</summary>
        internal static OwnerRecord Take(Key key, HiddenNames names)
        {
            for (int i = 0; i < 1000; ++i)
            {
                OwnerRecord record = TryTake(key, names);
                if (record != null)
                {
                    return record;
                }
            }
            throw key.Refused("the records of its owners keep changing.");
        }

        /// <summary>Returns null if another owner appeared or left in the meantime.</summary>
        private static OwnerRecord TryTake(Key key, HiddenNames names)
        {
            string blocked = null, free = null, path = null;
            foreach (string name in names.Records)
            {
                FileStatus status = Native.Status(Native.CurrentFolder, name);
                if (HiddenNames.IsOurs(status))
                {
                    path = path ?? name;
                }
                else if (status == null)
                {
                    free = free ?? name;
                }
                else if (free == null)
                {
                    blocked = blocked ?? name;
                }
            }
            if (path == null && blocked != null && (free == null || !names.IsSafe))
            {
                throw names.Blocked(blocked);
            }
            OpenFile file = path != null ? OpenFile.Open(path, Native.ReadWrite | Native.Hardened) : OpenFile.Make(free);
            if (file == null)
            {
                int error = Marshal.GetLastWin32Error();
                if (error == (path != null ? Native.NotFound : Native.Exists))
                {
                    return null;
                }
                throw names.CannotMake(path ?? free, error);
            }
            var record = new OwnerRecord(path ?? free, file);
            try
            {
                if (!Lock(file))
                {
                    throw key.InUse();
                }
                if (!record.HasItsName)
                {
                    record.Dispose(); // its last owner has just removed it
                    return null;
                }
                record.Read();
                record.TakeOthers(key, names);
            }
            catch
            {
                if (path == null)
                {
                    record.Remove();
                }
                record.Dispose();
                throw;
            }
            return record;
        }

        private void Read()
        {
            string[] lines = file.Text(Bytes).Split('\n');
            for (int i = 1; i < lines.Length; ++i)
            {
                listed.Add(lines[i]);
            }
        }

        /// <summary>Throws if a living owner uses another name because the first was blocked. Merges the records of
        /// dead owners into one.</summary>
        private void TakeOthers(Key key, HiddenNames names)
        {
            var others = new List<OwnerRecord>();
            try
            {
                foreach (string name in names.Records)
                {
                    OpenFile found = name != path && HiddenNames.IsOurs(Native.Status(Native.CurrentFolder, name))
                                         ? OpenFile.Open(name, Native.ReadWrite | Native.Hardened) : null;
                    if (found == null)
                    {
                        continue;
                    }
                    var other = new OwnerRecord(name, found);
                    others.Add(other);
                    if (!Lock(found))
                    {
                        throw key.InUse();
                    }
                    other.Read();
                    listed.AddRange(other.listed);
                }
                if (others.Count > 0)
                {
                    Write(key, listed.FindAll(line => line.Split(' ').Length == 3).ToArray());
                    others.ForEach(other => other.Remove());
                }
            }
            finally
            {
                others.ForEach(other => other.Dispose());
            }
        }

        /// <summary>Returns false if another process holds a lock.</summary>
        private static bool Lock(OpenFile file)
        {
            if (Native.flock(file.Number, Native.LockNow) == 0)
            {
                return true;
            }
            int error = Marshal.GetLastWin32Error();
            if (error != Native.WouldBlock)
            {
                throw new ShmpixException(1, "The owner record of the segment cannot be locked (" + Native.Message(error) +
                                                 "). Choose another place.");
            }
            return false;
        }

        /// <summary>Whether the record still has its name.</summary>
        internal bool HasItsName
        {
            get
            {
                FileStatus named = Native.Status(Native.CurrentFolder, path);
                return named != null && named.Id == file.Status.Id;
            }
        }

        /// <summary>Whether we or the previous, dead owner listed the segment.</summary>
        internal bool Lists(string id) { return listed.Contains(id); }

        /// <summary>Replaces the list with one call and covers the rest of a longer one with blank lines, so that a
        /// killed process leaves either the old or the new text.</summary>
        internal void Write(Key key, string[] ids)
        {
            // The process number has no meaning in another process namespace.
            FileStatus space = Native.StatusOfTarget("/proc/self/ns/pid");
            string text = "pid " + Native.getpid() + "\n" + (space == null ? "" : "namespace " + space.Inode + "\n") +
                          string.Join("\n", ids) + "\n";
            if (!file.Write(Encoding.ASCII.GetBytes(text.PadRight(Bytes, '\n'))))
            {
                throw new ShmpixException(6, "The record " + path + " of " + key.Text + " cannot be written. Free some space there.");
            }
            listed.Clear();
            listed.AddRange(ids);
        }

        internal void Remove() { HiddenNames.Remove(path, file); }

        /// <summary>Releases the lock.</summary>
        public void Dispose() { file.Dispose(); }
    }

    /// <summary>An open Unix file, accessed by its descriptor, because Mono cannot create a FileStream for a file that
    /// it did not open.</summary>
    internal sealed class OpenFile : IDisposable
    {
        internal int Number { get; private set; }

        private OpenFile(int number) { Number = number; }

        /// <summary>Returns null and sets the system's error if the file cannot be opened. A new file has mode
        /// 0600.</summary>
        internal static OpenFile Open(string path, int flags)
        {
            int number;
            do
            {
                number = Native.open(path, flags, Permission.OwnerOnly);
            } while (number < 0 && Marshal.GetLastWin32Error() == Native.Interrupted);
            return number < 0 ? null : new OpenFile(number);
        }

        /// <summary>Creates a new file. Returns null if that fails or if the name is in use.</summary>
        internal static OpenFile Make(string path)
        {
            return Open(path, Native.ReadWrite | Native.Create | Native.Exclusive | Native.Hardened);
        }

        internal FileStatus Status
        {
            get
            {
                FileStatus status = Native.Status(Number, "");
                if (status == null)
                {
                    throw new ShmpixException(1, "The system does not report the status of an open file (" + Native.LastMessage() +
                                                     "). Shmpix needs Linux 4.11 or later.");
                }
                return status;
            }
        }

        /// <summary>Returns a private copy, so that no other program can change the bytes while they are checked. Reads
        /// instead of mapping, so that a segment that becomes shorter causes an error and not a signal.</summary>
        internal byte[] Read(long length)
        {
            byte[] bytes = Bounded(length);
            if (ReadAt(0, bytes, bytes.Length) != bytes.Length)
            {
                throw ShmpixException.BadData("The segment was truncated while it was being read. Read it again.");
            }
            return bytes;
        }

        /// <summary>Returns at most the given number of characters from the beginning.</summary>
        internal string Text(int most)
        {
            var bytes = new byte[most];
            return Encoding.ASCII.GetString(bytes, 0, (int)ReadAt(0, bytes, most));
        }

        internal bool Write(byte[] bytes)
        {
            return Transfer(bytes, bytes.Length, 0, Native.pwrite) == bytes.Length;
        }

        /// <summary>Appends to the previous bytes. Also works for files without positions, such as pipes.</summary>
        internal bool Append(byte[] bytes)
        {
            return Transfer(bytes, bytes.Length, 0, (fd, memory, count, unused) => Native.write(fd, memory, count)) == bytes.Length;
        }

        /// <summary>Returns the number of bytes that were read.</summary>
        internal long ReadAt(long at, byte[] to, long count) { return Transfer(to, count, at, Native.pread); }

        public void Dispose()
        {
            Native.close(Number);
            Number = -1;
        }

        /// <summary>Returns an array for a segment of the given length. Throws if the length is zero or too
        /// large.</summary>
        internal static byte[] Bounded(long length)
        {
            if (length == 0)
            {
                throw ShmpixException.BadData("The segment is empty: its writer has not put a picture there yet. Read again later.");
            }
            if (length > Picture.MaximumBytes)
            {
                throw ShmpixException.BadData("The segment has " + length + " bytes, and the limit is " + Picture.MaximumBytes +
                                              ". Share a smaller picture.");
            }
            return Memory.Bytes(length);
        }

        private delegate IntPtr Call(int fd, IntPtr memory, IntPtr count, IntPtr offset);

        /// <summary>Returns the number of bytes transferred before the end, or throws.</summary>
        private long Transfer(byte[] bytes, long most, long at, Call call)
        {
            GCHandle pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            try
            {
                long done = 0;
                while (done < most)
                {
                    var memory = (IntPtr)((long)pinned.AddrOfPinnedObject() + done);
                    long count = (long)call(Number, memory, (IntPtr)(most - done), (IntPtr)(at + done));
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

    /// <summary>A checked copy of a frame of a live stream.</summary>
    public sealed class LiveFrame
    {
        /// <summary>The size, the format, and the position of the rows in Bytes. The format may be one that is not in
        /// Layout.Formats, such as nv12.</summary>
        public Layout Layout { get; internal set; }
        /// <summary>The bytes of the frame. Layout.Offset counts from their beginning. A reader created with reuse
        /// stores its next frame in the same array.</summary>
        public byte[] Bytes { get; internal set; }
        /// <summary>The number of frames that the writer had published, including this one.</summary>
        public ulong Count { get; internal set; }
        /// <summary>The number of the frame at its source. Gaps mean that the source skipped frames.</summary>
        public ulong Number { get; internal set; }
        /// <summary>The number of frames that this reader missed between the previous frame and this one.</summary>
        public ulong Missed { get; internal set; }
        /// <summary>One line of human-readable text, such as a file name; may be empty.</summary>
        public string Text { get; internal set; }
        /// <summary>When the picture was taken, in nanoseconds on the clock of LiveWriter.Now(); 0 if
        /// unknown.</summary>
        public long Captured { get; internal set; }
        /// <summary>When the frame was published, on the same clock; 0 if unknown.</summary>
        public long Published { get; internal set; }

        internal bool HasChecksum;
        internal uint Checksum;

        /// <summary>Returns a copy of the frame as a picture, with the upper 8 bits of 16-bit channels. Throws if the
        /// format is not gray16, rgb16, rgba16 or one of Layout.Formats.</summary>
        public Picture ToPicture()
        {
            bool isDeep = Layout.Format == "gray16" || Layout.Format == "rgb16" || Layout.Format == "rgba16";
            if (isDeep && Layout.Stride % 2 == 0 && Layout.Offset % 2 == 0)
            {
                return Protocols.ReadPixels(UpperHalves(), HalfLayout());
            }
            if (!Layout.Formats.ContainsKey(Layout.Format))
            {
                throw ShmpixException.BadData("The frame's pixels are " + Layout.Format + ", which cannot be converted. Use its " +
                                              "Bytes, or have its writer share one of " + string.Join(", ", Layout.Formats.Keys) +
                                              ".");
            }
            return Protocols.ReadPixels(Bytes, Layout);
        }

        private byte[] UpperHalves()
        {
            var halves = new byte[Bytes.Length / 2];
            for (int i = 0; i < halves.Length; ++i)
            {
                halves[i] = Bytes[2 * i + 1];
            }
            return halves;
        }

        /// <summary>Returns the layout of UpperHalves().</summary>
        private Layout HalfLayout()
        {
            return new Layout
            {
                Width = Layout.Width, Height = Layout.Height, Format = Layout.Format.Replace("16", "8"),
                Stride = Layout.Stride / 2, Offset = Layout.Offset / 2, BottomUp = Layout.BottomUp,
            };
        }
    }

    /// <summary>Shares live frames (see common/live/FORMAT.md) and never waits for a reader. The first frame creates
    /// the segment. If a frame needs more space, or another program removes the segment, the writer creates another
    /// one. Dispose() closes the stream and removes it. Until then, the writer signals at least once a second that it
    /// is alive. Use it from only one thread at a time. Requires a 64-bit process.</summary>
    public sealed class LiveWriter : IDisposable
    {
        private readonly object gate = new object();
        private readonly IStore store;
        private readonly bool checksums;
        private LiveHeader header;
        private MappedMemory memory;
        private Timer timer;
        private ulong newest;
        private ulong[] reserved; ///< the number of bytes in each slot that have memory

        /// <summary>Accesses nothing before the first Write(). capacity is the size of the largest expected frame in
        /// bytes, if it is known: a larger frame requires a new segment. Checksums cost the writer and each reader
        /// about a millisecond per megabyte. They detect frames that another program has overwritten, and are needed by
        /// readers without memory fences on processors other than x86. For replace, see Segment.</summary>
        public LiveWriter(string key, int slots = 4, long capacity = 0, bool checksums = false, bool replace = false)
            : this(Stores.For(new Key(key), replace), slots, capacity, checksums)
        {
        }

        internal LiveWriter(IStore store, int slots = 4, long capacity = 0, bool checksums = false)
        {
            LiveHeader.CheckProcess();
            if (slots < LiveHeader.FewestSlots || slots > LiveHeader.MostSlots || capacity < 0 || capacity > Picture.MaximumBytes)
            {
                throw ShmpixException.Usage("A live stream has 3 to 64 slots of up to " + Picture.MaximumBytes + " bytes. Give " +
                                            "numbers in these ranges.");
            }
            this.store = store;
            this.checksums = checksums;
            header = LiveHeader.New((ulong)slots, (ulong)capacity);
        }

        /// <summary>Who may read the stream, in octal; see Segment.Mode. If a larger frame needs a new segment, that
        /// segment keeps the mode.</summary>
        public string Mode
        {
            get { return store.Wanted.Mode; }
            set { store.Wanted.Mode = value; }
        }

        /// <summary>The group of the stream; see Segment.Group.</summary>
        public string Group
        {
            get { return store.Wanted.Group; }
            set { store.Wanted.Group = value; }
        }

        /// <summary>Returns the time in nanoseconds on the clock of LiveFrame.Captured, which all programs on this
        /// machine share.</summary>
        public static long Now() { return Native.Now(); }

        /// <summary>Publishes a frame. The array must contain the rows of the layout; the caller may reuse it
        /// afterwards. If number is null, the frame count is used. The text is truncated to 416 bytes of UTF-8. Returns
        /// the frame count.</summary>
        public ulong Write(Layout layout, byte[] pixels, ulong? number = null, string text = null, long captured = 0)
        {
            if (layout == null || pixels == null)
            {
                throw ShmpixException.Usage("A frame needs a layout and pixels. Give both.");
            }
            long bytes = layout.End(pixels.LongLength);
            if (bytes > Picture.MaximumBytes)
            {
                throw ShmpixException.Usage("A frame is limited to " + Picture.MaximumBytes + " bytes, and this one has " + bytes +
                                            ". Use a smaller frame.");
            }
            lock (gate)
            {
                Prepare((ulong)bytes);
                ulong n = newest + 1;
                ReserveSlot(n, (ulong)bytes);
                long entry = header.EntryOf(n);
                memory.Store64(entry, 2 * n - 1);
                memory.Write(header.PixelsOf(n), pixels, 0, (int)bytes);
                uint? checksum = checksums ? Crc32.Of(pixels, (int)bytes) : (uint?)null;
                byte[] fields = LiveEntry.Make(layout, bytes, number ?? n, text, captured, checksum);
                memory.Write(entry + 8, fields, 8, fields.Length - 8);
                memory.Store64(entry, 2 * n);
                newest = n;
                memory.Store64(LiveHeader.Heartbeat, (ulong)Native.Now());
                memory.Store64(LiveHeader.Newest, n);
                Wake();
                return n;
            }
        }

        /// <summary>Publishes a picture with its bytes unchanged.</summary>
        public ulong Write(Picture picture, ulong? number = null, string text = null, long captured = 0)
        {
            return Write(Protocols.LayoutFor(picture, null), picture.Pixels, number, text, captured);
        }

        /// <summary>Tells the readers that the stream is closed, and removes it.</summary>
        public void Dispose()
        {
            End();
            store.Dispose();
        }

        /// <summary>Closes the stream and leaves the segment to the store.</summary>
        internal void End()
        {
            if (timer != null)
            {
                timer.Dispose();
                timer = null;
            }
            lock (gate)
            {
                Leave(LiveHeader.Closed);
            }
        }

        /// <summary>Ensures that the segment is intact, has its name, and has room for the number of bytes.</summary>
        private void Prepare(ulong bytes)
        {
            if (memory != null && bytes <= header.Capacity && store.IsWhole)
            {
                return;
            }
            // A quarter more, so that slowly growing frames do not need a new segment each time.
            ulong roomier = newest == 0 || bytes <= header.Capacity ? header.Capacity : header.Capacity + header.Capacity / 4;
            Renew(Math.Max(bytes, Math.Min(roomier, (ulong)Picture.MaximumBytes)), bytes);
            timer = timer ?? new Timer(unused => SayAlive(), null, 500, 500);
        }

        /// <summary>Reserves memory for a frame if its slot has too little, so that a single picture uses no more than
        /// it needs.</summary>
        private void ReserveSlot(ulong n, ulong bytes)
        {
            ulong slot = (n - 1) % header.Slots, before = reserved[slot];
            if (bytes > before)
            {
                memory.Reserve(header.PixelsOf(n) + (long)before, (long)(bytes - before));
                reserved[slot] = bytes;
            }
        }

        /// <summary>Creates the first segment or moves to another one, and reserves memory for the newest frame and for
        /// the given number of bytes of the next one.</summary>
        private void Renew(ulong capacity, ulong bytes)
        {
            byte[] entry = null, pixels = null;
            if (memory != null && !memory.IsWhole) // the newest frame is lost, so a new session must begin
            {
                header = LiveHeader.New(header.Slots, header.Capacity);
                newest = 0;
            }
            else if (memory != null && newest > 0)
            {
                entry = memory.Read(header.EntryOf(newest), LiveHeader.EntryBytes);
                pixels = memory.Read(header.PixelsOf(newest), Math.Min(header.Capacity, LiveEntry.BytesOf(entry)));
            }
            LiveHeader next = header.Next(capacity);
            var nextReserved = new ulong[next.Slots];
            nextReserved[newest % next.Slots] = bytes;
            if (!store.TakesNames)
            {
                Leave(LiveHeader.Moved);
            }
            MappedMemory made = store.Make((long)next.Size, empty =>
            {
                if (bytes > 0)
                {
                    empty.Reserve(next.PixelsOf(newest + 1), (long)bytes);
                }
                empty.Reserve(0, next.DataAt);
                empty.Write(0, new byte[next.DataAt], 0, (int)next.DataAt);
                byte[] fields = next.ToBytes();
                empty.Write(0, fields, 0, fields.Length);
                if (entry != null)
                {
                    nextReserved[(newest - 1) % next.Slots] = (ulong)pixels.LongLength;
                    empty.Reserve(next.PixelsOf(newest), pixels.LongLength);
                    empty.Write(next.PixelsOf(newest), pixels, 0, pixels.Length);
                    empty.Write(next.EntryOf(newest), entry, 0, entry.Length);
                }
                empty.Store64(LiveHeader.Heartbeat, (ulong)Native.Now());
                empty.Store64(LiveHeader.Newest, newest);
                empty.Store32(LiveHeader.State, LiveHeader.Open);
            });
            Leave(LiveHeader.Moved);
            memory = made;
            header = next;
            reserved = nextReserved;
        }

        private void Leave(uint state)
        {
            if (memory == null)
            {
                return;
            }
            if (memory.IsWhole)
            {
                memory.Store32(LiveHeader.State, state);
                Wake();
            }
            memory.Dispose();
            memory = null;
        }

        private void Wake()
        {
            memory.Store32(LiveHeader.WakeWord, unchecked(memory.Load32(LiveHeader.WakeWord) + 1));
            if (header.Wakes)
            {
                memory.Wake(LiveHeader.WakeWord);
            }
        }

        private void SayAlive()
        {
            if (!Monitor.TryEnter(gate))
            {
                return; // a frame is being written
            }
            try
            {
                if (memory != null && !store.IsWhole)
                {
                    Renew(header.Capacity, 0);
                }
                else if (memory != null)
                {
                    memory.Store64(LiveHeader.Heartbeat, (ulong)Native.Now());
                }
            }
            catch (ShmpixException)
            {
                // The next Write() gets the same error and reports it.
            }
            finally
            {
                Monitor.Exit(gate);
            }
        }
    }

    /// <summary>Reads live frames: each time a checked copy of the newest one. The reader follows the stream when it
    /// moves to another segment, and when its writer was restarted or killed and another writer shares under the key.
    /// It does not change the segment, and survives anything that happens to it. Use it from only one thread at a time.
    /// Requires a 64-bit process.</summary>
    public sealed class LiveReader : IDisposable, IEnumerable<LiveFrame>
    {
        private const long Millisecond = 1000000, Second = 1000 * Millisecond;

        private readonly Key key;
        private readonly bool reuse;
        private byte[] array = new byte[0];
        private ILiveSource source;
        private LiveHeader header;
        private ulong last;       ///< the count of the last seen frame
        private long lastNews;    ///< when the last frame was read or a segment was opened
        private long lastLook;    ///< when the name was last checked
        private long unreadySince; ///< 0 if there is no unready segment
        private bool wasCut;

        /// <summary>Accesses nothing before the first frame is requested. If reuse is true, each frame reuses the Bytes
        /// array of the previous frame if the size is the same, which is three times as fast as a new array for
        /// 1080p.</summary>
        public LiveReader(string key, bool reuse = false)
        {
            LiveHeader.CheckProcess();
            this.key = new Key(key);
            this.reuse = reuse;
        }

        /// <summary>Whether the writer has closed the stream and no other stream has begun under the key.</summary>
        public bool Closed { get; private set; }
        /// <summary>The number of frames that were read.</summary>
        public ulong Frames { get; private set; }
        /// <summary>The number of published frames that this reader missed.</summary>
        public ulong Missed { get; private set; }
        /// <summary>How often the writer overwrote a frame while this reader was copying it. The reader drops these
        /// copies.</summary>
        public ulong Torn { get; private set; }
        /// <summary>The number of frames that were dropped because they are inconsistent or do not match their
        /// checksum.</summary>
        public ulong Damaged { get; private set; }

        /// <summary>Returns the newest frame that has not been read yet. Waits up to the given time, or without limit
        /// if it is negative, and returns null if no frame arrives. Throws if nothing is shared under the key in that
        /// time, or if the segment does not hold live frames or cannot be read.</summary>
        public LiveFrame Read(int milliseconds = 0)
        {
            return Next(milliseconds, false);
        }

        /// <summary>Returns frames as they arrive, until the stream is closed. Waits for a stream without
        /// limit.</summary>
        public IEnumerator<LiveFrame> GetEnumerator()
        {
            for (LiveFrame frame = Next(-1, true); frame != null; frame = Next(-1, true))
            {
                yield return frame;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }

        /// <summary>Detaches from the segment.</summary>
        public void Dispose()
        {
            if (source != null)
            {
                source.Dispose();
                source = null;
            }
        }

        internal static LiveFrame Newest(string key)
        {
            using (var reader = new LiveReader(key))
            {
                LiveFrame frame = reader.Read() ?? reader.Read(1000);
                if (frame == null)
                {
                    throw ShmpixException.BadData("The live stream " + key + " has no " +
                                                  (reader.Damaged > 0 ? "undamaged frame" : "frame yet") +
                                                  ". Read again when its writer has published one.");
                }
                return frame;
            }
        }

        private LiveFrame Next(int milliseconds, bool endsWithStream)
        {
            long begin = Native.Now();
            while (true)
            {
                uint wake = 0, state = LiveHeader.NotReady;
                try
                {
                    if (source == null)
                    {
                        Look();
                    }
                    if (source != null)
                    {
                        wake = (uint)source.Load(LiveHeader.WakeWord, 4);
                        state = (uint)source.Load(LiveHeader.State, 4);
                        LiveFrame frame = NewestOfSegment();
                        if (frame != null)
                        {
                            lastNews = Native.Now();
                            return frame;
                        }
                        if (LookAgain(state))
                        {
                            continue;
                        }
                    }
                }
                catch (SegmentCutException)
                {
                    Dispose();
                    wasCut = true;
                }
                long now = Native.Now(), end = milliseconds < 0 ? long.MaxValue : begin + milliseconds * Millisecond;
                if (Closed && endsWithStream)
                {
                    return null;
                }
                if (unreadySince != 0 && now - unreadySince > Second)
                {
                    unreadySince = 0;
                    throw ShmpixException.BadData(wasCut ? key.Text + " was truncated by another program, and its writer does not " +
                                                               "repair it. Restart the writer."
                                                         : key.Text + " is not ready to be read: its writer has not finished creating " +
                                                               "it. Restart the writer.");
                }
                if (now >= end && (unreadySince == 0 || header != null))
                {
                    if (header == null)
                    {
                        throw key.Missing();
                    }
                    return null;
                }
                Wait(state, wake, now, Math.Max(end - now, Millisecond));
            }
        }

        /// <summary>Opens the segment that has the name, unless it is already open.</summary>
        private void Look()
        {
            lastLook = Native.Now();
            if (Key.OnWindows)
            {
                Dispose(); // a map keeps its name while it is open, and its writer may need the name for another map
            }
            ILiveSource found;
            try
            {
                found = Sources.Open(key, source);
            }
            catch (ShmpixException error) when (header != null)
            {
                throw new ShmpixException(error.Code, "The stream continues in another segment, which cannot be opened: " +
                                                          error.Message);
            }
            if (found == null)
            {
                unreadySince = 0;
                return;
            }
            LiveHeader read = null;
            try
            {
                read = LiveHeader.Read(found);
            }
            catch (Exception error) when (wasCut && error is ShmpixException || error is SegmentCutException)
            {
                // Its writer will repair it.
            }
            catch
            {
                found.Dispose();
                throw;
            }
            if (read == null)
            {
                unreadySince = unreadySince == 0 ? lastLook : unreadySince;
                found.Dispose();
                return;
            }
            if (Key.OnWindows && found.Load(LiveHeader.State, 4) != LiveHeader.Open)
            {
                found.Dispose();
                return;
            }
            Dispose();
            source = found;
            ulong newest = found.Load(LiveHeader.Newest, 8);
            if (header == null || header.Session != read.Session)
            {
                last = newest == 0 ? 0 : newest - 1; // earlier frames do not count as missed
            }
            header = read;
            unreadySince = 0;
            wasCut = Closed = false;
            lastNews = lastLook;
        }

        /// <summary>Checks the name from time to time. Returns whether another segment is open now.</summary>
        private bool LookAgain(uint state)
        {
            Closed = state == LiveHeader.Closed;
            long silence = Native.Now() - Math.Max(lastNews, lastLook), limit = Second / 2;
            if (Closed || state == LiveHeader.Moved || unreadySince != 0)
            {
                silence = Native.Now() - lastLook;
                limit = 10 * Millisecond;
            }
            ILiveSource before = source;
            if (silence >= limit)
            {
                Look();
            }
            return source != null && source != before;
        }

        /// <summary>Returns the newest frame of the segment if it is new, complete and valid. Tries three
        /// times.</summary>
        private LiveFrame NewestOfSegment()
        {
            for (int i = 0; i < 3; ++i)
            {
                ulong n = source.Load(LiveHeader.Newest, 8);
                if (n == last || n == 0)
                {
                    return null;
                }
                long entry = header.EntryOf(n);
                if (source.Load(entry, 8) != Filled(n))
                {
                    continue;
                }
                var fields = new byte[LiveHeader.EntryBytes];
                source.Read(entry, fields, fields.Length);
                LiveFrame frame = LiveEntry.Parse(fields, header.Capacity);
                if (frame != null)
                {
                    source.Read(header.PixelsOf(n), frame.Bytes = ArrayOf(LiveEntry.BytesOf(fields)), frame.Bytes.Length);
                }
                Thread.MemoryBarrier();
                if (source.Load(entry, 8) != Filled(n))
                {
                    ++Torn;
                    continue;
                }
                ulong missed = n > last ? n - last - 1 : 0;
                last = n;
                Missed = unchecked(Missed + missed);
                if (frame == null || frame.HasChecksum && Crc32.Of(frame.Bytes, frame.Bytes.Length) != frame.Checksum)
                {
                    ++Damaged;
                    return null;
                }
                ++Frames;
                frame.Count = n;
                frame.Missed = missed;
                if (!reuse)
                {
                    array = new byte[0];
                }
                return frame;
            }
            return null;
        }

        /// <summary>Returns the sequence of a slot that holds frame n. The result wraps if n comes from a damaged
        /// segment and is too large.</summary>
        private static ulong Filled(ulong n) { return unchecked(2 * n); }

        /// <summary>Returns an array of the given length, and reuses the current array if its length matches.</summary>
        private byte[] ArrayOf(ulong bytes)
        {
            if ((ulong)array.LongLength != bytes)
            {
                array = Memory.Bytes((long)bytes);
            }
            return array;
        }

        /// <summary>Waits for the next frame, but at most for a tenth of a second.</summary>
        private void Wait(uint state, uint wake, long now, long longest)
        {
            bool open = source != null && state == LiveHeader.Open && unreadySince == 0;
            if (open && header.Wakes && source.Wait(LiveHeader.WakeWord, wake, Math.Min(longest, Second / 10)))
            {
                return;
            }
            long pause = !open || now - lastNews > Second ? 10 * Millisecond : Millisecond;
            Thread.Sleep((int)(Math.Min(pause, longest) / Millisecond));
        }
    }

    /// <summary>The header of a live ring, with the positions of its parts. Immutable.</summary>
    internal sealed class LiveHeader
    {
        internal const int ConstantBytes = 128, Table = 256, EntryBytes = 512;
        internal const int FewestSlots = 3, MostSlots = 64;
        internal const long State = 128, WakeWord = 132, Newest = 136, Heartbeat = 144;
        internal const uint NotReady = 0, Open = 1, Closed = 2, Moved = 3;
        private const ulong Magic = 0x6576694c706d6853, SwappedMagic = 0x53686d704c697665;
        private const ulong Step = 4096; ///< aligns data and pitch, because whole pages are copied fastest

        internal ulong Slots { get; private set; }
        internal ulong Capacity { get; private set; }
        internal ulong Size { get; private set; }
        internal string Session { get; private set; }
        internal bool Wakes { get; private set; }
        private ulong table, entry, data, pitch, generation;

        internal static void CheckProcess()
        {
            if (IntPtr.Size != 8 || !BitConverter.IsLittleEndian)
            {
                throw ShmpixException.Usage("Live frames require a 64-bit process on a little-endian computer. Run the program as a " +
                                            "64-bit process, or share pictures with Segment.");
            }
        }

        internal long DataAt { get { return (long)data; } }
        internal long EntryOf(ulong frame) { return (long)(table + (frame - 1) % Slots * entry); }
        internal long PixelsOf(ulong frame) { return (long)(data + (frame - 1) % Slots * pitch); }

        /// <summary>The header of a new session. Next() returns the header of its first segment.</summary>
        internal static LiveHeader New(ulong slots, ulong capacity)
        {
            var session = new byte[16];
            using (RandomNumberGenerator random = RandomNumberGenerator.Create())
            {
                random.GetBytes(session);
            }
            return new LiveHeader
            {
                Slots = slots, Capacity = capacity, Session = Convert.ToBase64String(session), Wakes = Native.HasFutex,
            };
        }

        /// <summary>Returns the header of the segment that replaces this one.</summary>
        internal LiveHeader Next(ulong capacity)
        {
            ulong begin = (Table + Slots * EntryBytes + Step - 1) / Step * Step, distance = (capacity + Step - 1) / Step * Step;
            return new LiveHeader
            {
                Slots = Slots, Capacity = capacity, Size = begin + Slots * distance, Session = Session, Wakes = Wakes,
                table = Table, entry = EntryBytes, data = begin, pitch = distance, generation = generation + 1,
            };
        }

        internal byte[] ToBytes()
        {
            var bytes = new byte[ConstantBytes];
            var put = new BinaryWriter(new MemoryStream(bytes));
            put.Write(Magic);
            put.Write((ushort)1);
            put.Write((ushort)0);
            put.Write((uint)table);
            put.Write((uint)entry);
            put.Write((uint)Slots);
            put.Write(Capacity);
            put.Write(data);
            put.Write(pitch);
            put.Write(Size);
            put.Write(Convert.FromBase64String(Session));
            put.Write(generation);
            put.Write((ulong)Native.ProcessNumber());
            put.Write(Native.ProcessStart());
            put.Write((ulong)(DateTime.UtcNow - new DateTime(1970, 1, 1)).Ticks * 100);
            put.Write(Wakes ? 1u : 0u);
            put.Seek(124, SeekOrigin.Begin);
            put.Write(Crc32.Of(bytes, 124));
            return bytes;
        }

        /// <summary>Returns whether the segment begins like live frames, in either byte order.</summary>
        internal static bool IsAt(string key)
        {
            using (ILiveSource source = Sources.Open(new Key(key), null))
            {
                var bytes = new byte[8];
                try
                {
                    if (source == null || source.Length < bytes.Length)
                    {
                        return false;
                    }
                    source.Read(0, bytes, bytes.Length);
                }
                catch (SegmentCutException)
                {
                    return false;
                }
                ulong magic = BitConverter.ToUInt64(bytes, 0);
                return magic == Magic || magic == SwappedMagic;
            }
        }

        /// <summary>Returns the header of a segment, or null if its writer has not finished it yet. Throws if this
        /// program cannot read it.</summary>
        internal static LiveHeader Read(ILiveSource source)
        {
            long length = source.Length;
            var bytes = new byte[ConstantBytes];
            if (length > 0)
            {
                source.Read(0, bytes, (int)Math.Min(length, ConstantBytes));
            }
            ulong magic = BitConverter.ToUInt64(bytes, 0);
            if (magic == 0)
            {
                return null;
            }
            if (magic == SwappedMagic)
            {
                throw ShmpixException.BadData("The live frames were written in big-endian byte order. Change their writer to write " +
                                              "little-endian numbers.");
            }
            if (magic != Magic)
            {
                throw ShmpixException.BadData("The segment does not hold live frames: it does not start with ShmpLive. Read it with " +
                                              "Segment.Read(), or check the key.");
            }
            int major = BitConverter.ToUInt16(bytes, 8), minor = BitConverter.ToUInt16(bytes, 10);
            if (major != 1)
            {
                throw ShmpixException.BadData("The live frames have version " + major + "." + minor + " of their format, and " +
                                              "Shmpix.cs supports version 1. Use the Shmpix.cs of their writer's version.");
            }
            if (length < Table || source.Load(State, 4) == NotReady)
            {
                return null;
            }
            if (Crc32.Of(bytes, 124) != BitConverter.ToUInt32(bytes, 124))
            {
                throw Invalid("its checksum is wrong");
            }
            var header = new LiveHeader
            {
                table = BitConverter.ToUInt32(bytes, 12), entry = BitConverter.ToUInt32(bytes, 16),
                Slots = BitConverter.ToUInt32(bytes, 20), Capacity = BitConverter.ToUInt64(bytes, 24),
                data = BitConverter.ToUInt64(bytes, 32), pitch = BitConverter.ToUInt64(bytes, 40),
                Size = BitConverter.ToUInt64(bytes, 48), Session = Convert.ToBase64String(bytes, 56, 16),
                generation = BitConverter.ToUInt64(bytes, 72),
                Wakes = (BitConverter.ToUInt32(bytes, 104) & 1) != 0 && Native.HasFutex,
            };
            header.Check((ulong)length);
            return header;
        }

        private void Check(ulong length)
        {
            if (table < Table || table % 8 != 0 || entry < EntryBytes || entry % 8 != 0)
            {
                throw Invalid("its slot table begins at byte " + table + " with entries of " + entry + " bytes");
            }
            if (Slots < FewestSlots || Slots > MostSlots)
            {
                throw Invalid("it has " + Slots + " slots");
            }
            if (Capacity < 1 || Capacity > Picture.MaximumBytes || pitch < Capacity || data < table + Slots * entry ||
                pitch % 64 != 0 || data % 64 != 0)
            {
                throw Invalid("its slots of " + Capacity + " bytes begin at byte " + data + " and are " + pitch + " bytes apart");
            }
            if (Size > length || data > Size || pitch > (Size - data) / Slots || data + Slots * pitch != Size)
            {
                throw Invalid("its slots do not fit into the " + Size + " bytes that it gives, or into the segment of " + length);
            }
        }

        private static ShmpixException Invalid(string why)
        {
            return ShmpixException.BadData("The header of the live frames is not valid: " + why + ". Restart their writer.");
        }
    }

    /// <summary>The description of a frame in the table.</summary>
    internal static class LiveEntry
    {
        private const int TextAt = 96, MostText = 416;

        /// <summary>Returns an entry without its sequence.</summary>
        internal static byte[] Make(Layout layout, long count, ulong number, string text, long captured, uint? checksum)
        {
            var bytes = new byte[LiveHeader.EntryBytes];
            byte[] line = Encoding.UTF8.GetBytes(OneLine(text ?? ""));
            int length = Math.Min(line.Length, MostText);
            while (length < line.Length && (line[length] & 0xc0) == 0x80) // do not split a character
            {
                --length;
            }
            var put = new BinaryWriter(new MemoryStream(bytes));
            put.Seek(8, SeekOrigin.Begin);
            put.Write(number);
            put.Write((uint)layout.Width);
            put.Write((uint)layout.Height);
            put.Write(layout.Stride);
            put.Write(layout.Offset);
            put.Write(count);
            put.Write(Encoding.ASCII.GetBytes(layout.Format.PadRight(16, '\0')));
            put.Write((layout.BottomUp ? 1u : 0u) | (checksum.HasValue ? 2u : 0u));
            put.Write(checksum ?? 0);
            put.Write(captured);
            put.Write(Native.Now());
            put.Write((uint)length);
            put.Seek(TextAt, SeekOrigin.Begin);
            put.Write(line, 0, length);
            return bytes;
        }

        internal static ulong BytesOf(byte[] entry) { return BitConverter.ToUInt64(entry, 40); }

        /// <summary>Returns the frame, without its bytes, from a private copy of an entry; null if the entry
        /// contradicts itself.</summary>
        internal static LiveFrame Parse(byte[] entry, ulong capacity)
        {
            ulong count = BytesOf(entry);
            uint length = BitConverter.ToUInt32(entry, 88), flags = BitConverter.ToUInt32(entry, 64);
            var layout = new Layout
            {
                Width = BitConverter.ToUInt32(entry, 16), Height = BitConverter.ToUInt32(entry, 20),
                Stride = BitConverter.ToInt64(entry, 24), Offset = BitConverter.ToInt64(entry, 32),
                Format = Encoding.ASCII.GetString(entry, 48, 16).Split('\0')[0], BottomUp = (flags & 1) != 0,
            };
            if (count < 1 || count > capacity || length > MostText || !Layout.Knows(layout.Format) || !layout.LiesWithin((long)count))
            {
                return null;
            }
            return new LiveFrame
            {
                Layout = layout, Number = BitConverter.ToUInt64(entry, 8),
                HasChecksum = (flags & 2) != 0, Checksum = BitConverter.ToUInt32(entry, 68),
                Captured = BitConverter.ToInt64(entry, 72), Published = BitConverter.ToInt64(entry, 80),
                Text = OneLine(Encoding.UTF8.GetString(entry, TextAt, (int)length)),
            };
        }

        private static string OneLine(string text) { return Regex.Replace(text, @"\p{Cc}", " "); }
    }

    /// <summary>CRC-32 as in zlib, computed eight bytes at a time.</summary>
    internal static class Crc32
    {
        private static readonly uint[] Tables = MakeTables();

        private static uint[] MakeTables()
        {
            var tables = new uint[8 * 256];
            for (uint i = 0; i < 256; ++i)
            {
                uint value = i;
                for (int bit = 0; bit < 8; ++bit)
                {
                    value = value >> 1 ^ ((value & 1) != 0 ? 0xedb88320 : 0);
                }
                tables[i] = value;
            }
            for (int i = 256; i < tables.Length; ++i)
            {
                tables[i] = tables[i - 256] >> 8 ^ tables[tables[i - 256] & 255];
            }
            return tables;
        }

        internal static uint Of(byte[] bytes, int count)
        {
            uint[] t = Tables;
            uint value = ~0u;
            int i = 0;
            for (; i + 8 <= count; i += 8)
            {
                value ^= unchecked((uint)(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24));
                value = t[0x700 + (value & 255)] ^ t[0x600 + (value >> 8 & 255)] ^ t[0x500 + (value >> 16 & 255)] ^
                        t[0x400 + (value >> 24)] ^ t[0x300 + bytes[i + 4]] ^ t[0x200 + bytes[i + 5]] ^
                        t[0x100 + bytes[i + 6]] ^ t[bytes[i + 7]];
            }
            for (; i < count; ++i)
            {
                value = value >> 8 ^ t[(value ^ bytes[i]) & 255];
            }
            return ~value;
        }
    }

    /// <summary>Thrown if the segment is made shorter while it is being read.</summary>
    internal sealed class SegmentCutException : Exception
    {
    }

    /// <summary>A segment that is read while its writer writes it.</summary>
    internal interface ILiveSource : IDisposable
    {
        /// <summary>The current length of the segment.</summary>
        long Length { get; }

        void Read(long at, byte[] to, int count);

        /// <summary>Reads a number of 4 or 8 bytes with one access. No later read happens before it.</summary>
        ulong Load(long at, int bytes);

        /// <summary>Waits while the number has the value. Returns false if waiting is not supported.</summary>
        bool Wait(long at, uint value, long nanoseconds);
    }

    internal static class Sources
    {
        /// <summary>Opens the segment that has the name. Returns null if there is none or if it is already
        /// open.</summary>
        internal static ILiveSource Open(Key key, ILiveSource open)
        {
            try
            {
                return Key.OnWindows ? (ILiveSource)new MapSource(MapStore.Open(key)) : FileSource.Open(key, (FileSource)open);
            }
            catch (ShmpixException error) when (error.Code == 3)
            {
                return null;
            }
        }
    }

    /// <summary>A file that is read instead of mapped. If another program makes it shorter, reading fails with an error
    /// and does not raise a signal, which a C# program cannot catch. The kernel reads eight bytes with a single access
    /// if they do not cross a multiple of eight. Only the kernel accesses the mapping, to wait.</summary>
    internal sealed class FileSource : ILiveSource
    {
        private readonly OpenFile file;
        private readonly MappedMemory page; ///< null if waiting is not possible
        private readonly byte[] word = new byte[8];

        private FileSource(OpenFile file)
        {
            this.file = file;
            page = Native.HasFutex ? MappedMemory.Map(file, LiveHeader.Table, false) : null;
        }

        internal static FileSource Open(Key key, FileSource open)
        {
            string id = open == null ? null : open.file.Status.Id;
            FileStatus named = id == null ? null : Native.Status(Native.CurrentFolder, key.Name);
            if (named != null && named.Id == id)
            {
                return null; // the usual case, in which the file need not be opened
            }
            OpenFile file = FileStore.Open(key);
            if (file.Status.Id == id) // reached through a link
            {
                file.Dispose();
                return null;
            }
            return new FileSource(file);
        }

        public long Length { get { return file.Status.Size; } }

        public void Read(long at, byte[] to, int count)
        {
            if (file.ReadAt(at, to, count) != count)
            {
                throw new SegmentCutException();
            }
        }

        public ulong Load(long at, int bytes)
        {
            Read(at, word, bytes);
            Thread.MemoryBarrier();
            return bytes == 8 ? BitConverter.ToUInt64(word, 0) : BitConverter.ToUInt32(word, 0);
        }

        public bool Wait(long at, uint value, long nanoseconds)
        {
            return page != null && page.Wait(at, value, nanoseconds);
        }

        public void Dispose()
        {
            if (page != null)
            {
                page.Dispose();
            }
            file.Dispose();
        }
    }

    /// <summary>A map on Windows. It cannot be made shorter while it is open.</summary>
    internal sealed class MapSource : ILiveSource
    {
        private readonly MemoryMappedFile map;
        private readonly MappedMemory memory;

        internal MapSource(MemoryMappedFile map)
        {
            this.map = map;
            memory = new MappedMemory(map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read));
        }

        public long Length { get { return memory.Size; } }
        public void Read(long at, byte[] to, int count) { memory.Read(at, to, count); }
        public ulong Load(long at, int bytes) { return bytes == 8 ? memory.Load64(at) : memory.Load32(at); }
        public bool Wait(long at, uint value, long nanoseconds) { return false; }

        public void Dispose()
        {
            memory.Dispose();
            map.Dispose();
        }
    }

    /// <summary>Mapped memory, without C# pointers. Numbers are read and written with one access each, fenced on both
    /// sides.</summary>
    internal sealed class MappedMemory : IDisposable
    {
        private readonly IntPtr begin;
        private readonly MemoryMappedViewAccessor view; ///< null except on Windows
        private OpenFile kept;                          ///< the file whose size is checked, or null

        internal long Size { get; private set; }

        private MappedMemory(IntPtr begin, long size)
        {
            this.begin = begin;
            Size = size;
        }

        internal MappedMemory(MemoryMappedViewAccessor view)
        {
            this.view = view;
            begin = (IntPtr)((long)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset);
            Size = view.Capacity;
        }

        /// <summary>Returns null if the file cannot be mapped.</summary>
        internal static MappedMemory Map(OpenFile file, long size, bool writable)
        {
            IntPtr memory = Native.mmap(IntPtr.Zero, (IntPtr)size, writable ? 3 : 1, 1, file.Number, IntPtr.Zero);
            return (long)memory == -1 ? null : new MappedMemory(memory, size);
        }

        /// <summary>Reserves memory for the given number of bytes at an offset. Call it before anything is stored
        /// there.</summary>
        internal Action<long, long> Reserve = (at, count) => { }; // on Windows, a map has all its memory from the start

        /// <summary>Takes ownership of the mapped file.</summary>
        internal void Keep(OpenFile file) { kept = file; }

        /// <summary>Whether the file still has its length. Memory beyond its end must not be accessed.</summary>
        internal bool IsWhole { get { return kept == null || kept.Status.Size >= Size; } }

        internal uint Load32(long at)
        {
            Thread.MemoryBarrier();
            var value = unchecked((uint)Marshal.ReadInt32(At(at)));
            Thread.MemoryBarrier();
            return value;
        }

        internal ulong Load64(long at)
        {
            Thread.MemoryBarrier();
            var value = unchecked((ulong)Marshal.ReadInt64(At(at)));
            Thread.MemoryBarrier();
            return value;
        }

        internal void Store32(long at, uint value)
        {
            Thread.MemoryBarrier();
            Marshal.WriteInt32(At(at), unchecked((int)value));
            Thread.MemoryBarrier();
        }

        internal void Store64(long at, ulong value)
        {
            Thread.MemoryBarrier();
            Marshal.WriteInt64(At(at), unchecked((long)value));
            Thread.MemoryBarrier();
        }

        internal void Write(long at, byte[] bytes, int from, int count) { Marshal.Copy(bytes, from, At(at), count); }
        internal void Read(long at, byte[] to, int count) { Marshal.Copy(At(at), to, 0, count); }

        internal byte[] Read(long at, ulong count)
        {
            var bytes = new byte[count];
            Read(at, bytes, (int)count);
            return bytes;
        }

        internal void Wake(long at) { Native.Wake(At(at)); }
        internal bool Wait(long at, uint value, long nanoseconds) { return Native.Wait(At(at), value, nanoseconds); }

        private IntPtr At(long at) { return (IntPtr)((long)begin + at); }

        public void Dispose()
        {
            if (view != null)
            {
                view.Dispose();
            }
            else
            {
                Native.munmap(begin, (IntPtr)Size);
            }
            if (kept != null)
            {
                kept.Dispose();
            }
        }
    }

    internal sealed class FileStatus
    {
        internal string Id; ///< device, inode and creation time: some file systems reuse inode numbers at once
        internal ulong Inode;
        internal int Type; ///< as in st_mode
        internal int Mode; ///< the permissions
        internal uint User, Group;
        internal long Size;

        internal bool IsRegular { get { return Type == 0x8000; } }
        internal bool IsLink { get { return Type == 0xa000; } }
        internal string Kind
        {
            get
            {
                return Type == 0x8000   ? "a file"
                       : Type == 0x4000 ? "a folder"
                       : Type == 0x1000 ? "a named pipe"
                       : Type == 0xa000 ? "a symbolic link"
                       : Type == 0xc000 ? "a socket"
                                        : "a device";
            }
        }
        internal string ModeText { get { return Convert.ToString(Mode, 8).PadLeft(4, '0'); } }
    }

    /// <summary>The Linux system calls that .NET does not provide. The numbers are those of x86 and ARM.</summary>
    internal static class Native
    {
        internal const int WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Truncate = 0x200, CurrentFolder = -100;
        internal const int LockNow = 2 | 4;
        internal const int NotPermitted = 1, NotFound = 2, Interrupted = 4, WouldBlock = 11, NoAccess = 13, Exists = 17;
        internal const int NoFolder = 20, NoRoom = 28, NameTooLong = 36, NotSupported = 95;
        internal static readonly int NoLinks =
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;
        internal static readonly int Hardened = 0x800 /* not blocking */ | 0x80000 /* not inherited */ | NoLinks;

        [DllImport("libc", SetLastError = true)]
        internal static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr pread(int fd, IntPtr memory, IntPtr count, IntPtr offset);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr pwrite(int fd, IntPtr memory, IntPtr count, IntPtr offset);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr write(int fd, IntPtr memory, IntPtr count);
        [DllImport("libc")] private static extern int umask(int mask);
        [DllImport("libc")] internal static extern int close(int fd);
        [DllImport("libc", SetLastError = true)] internal static extern int flock(int fd, int operation);
        [DllImport("libc", SetLastError = true)] internal static extern int fchmod(int fd, int mode);
        [DllImport("libc", SetLastError = true)] internal static extern int fchown(int fd, uint user, uint group);
        [DllImport("libc")] private static extern int posix_fallocate(int fd, IntPtr offset, IntPtr length);
        [DllImport("libc", SetLastError = true)]
        private static extern int fallocate(int fd, int mode, IntPtr offset, IntPtr length);
        [DllImport("libc", SetLastError = true)] internal static extern int ftruncate(int fd, IntPtr length);
        [DllImport("libc")] internal static extern int unlink([MarshalAs(UnmanagedType.LPUTF8Str)] string path);
        [DllImport("libc", SetLastError = true)]
        internal static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from,
                                        [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
        [DllImport("libc", SetLastError = true)]
        internal static extern int rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from,
                                          [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
        [DllImport("libc", SetLastError = true)]
        internal static extern IntPtr mmap(IntPtr where, IntPtr length, int protection, int flags, int fd, IntPtr offset);
        [DllImport("libc")] internal static extern int munmap(IntPtr memory, IntPtr length);
        [DllImport("libc")] private static extern int clock_gettime(int clock, [Out] long[] time);
        [DllImport("libc", SetLastError = true)]
        private static extern IntPtr syscall(IntPtr number, IntPtr word, IntPtr operation, IntPtr value, long[] timeout,
                                             IntPtr unused, IntPtr unusedToo);
        [DllImport("libc")] internal static extern uint getuid();
        [DllImport("libc")] internal static extern uint geteuid();
        [DllImport("libc")] internal static extern int getpid();
        [DllImport("libc")] private static extern IntPtr strerror(int error);
        [DllImport("libc")] private static extern int getrlimit(int resource, [Out] ulong[] limit);
        [DllImport("libc")]
        private static extern int getpwuid_r(uint user, IntPtr entry, IntPtr strings, IntPtr bytes, out IntPtr found);
        [DllImport("libc")]
        private static extern int getgrnam_r([MarshalAs(UnmanagedType.LPUTF8Str)] string name, IntPtr entry, IntPtr strings,
                                             IntPtr bytes, out IntPtr found);
        [DllImport("libc", SetLastError = true)]
        private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask,
                                        byte[] status);

        private static readonly int Futex = Key.OnWindows                                                      ? 0
                                            : RuntimeInformation.ProcessArchitecture == Architecture.X64   ? 202
                                            : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98
                                                                                                           : 0;

        /// <summary>Whether programs can wake one another on this system.</summary>
        internal static bool HasFutex { get { return Futex != 0; } }

        internal static void Wake(IntPtr word)
        {
            syscall((IntPtr)Futex, word, (IntPtr)1, (IntPtr)int.MaxValue, null, IntPtr.Zero, IntPtr.Zero);
        }

        /// <summary>Waits while the word has the value. Returns false if waiting failed.</summary>
        internal static bool Wait(IntPtr word, uint value, long nanoseconds)
        {
            var timeout = new[] { nanoseconds / 1000000000, nanoseconds % 1000000000 };
            if ((long)syscall((IntPtr)Futex, word, IntPtr.Zero, (IntPtr)value, timeout, IntPtr.Zero, IntPtr.Zero) == 0)
            {
                return true;
            }
            int error = Marshal.GetLastWin32Error();
            return error == Interrupted || error == 11 /* another value */ || error == 110 /* time is over */;
        }

        internal static int ProcessNumber() { return Key.OnWindows ? System.Diagnostics.Process.GetCurrentProcess().Id : getpid(); }

        /// <summary>Returns when this process started, in ticks since the system started; 0 if unknown.</summary>
        internal static ulong ProcessStart()
        {
            string text;
            try
            {
                text = File.ReadAllText("/proc/self/stat");
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return 0;
            }
            ulong ticks;
            string[] fields = text.Substring(text.LastIndexOf(')') + 1).Split(' '); // fields[n] is field n + 2
            return fields.Length > 20 && ulong.TryParse(fields[20], out ticks) ? ticks : 0;
        }

        /// <summary>Returns the time in nanoseconds on the clock that all programs on this machine share.</summary>
        internal static long Now()
        {
            if (Key.OnWindows)
            {
                return (long)(System.Diagnostics.Stopwatch.GetTimestamp() * (1e9 / System.Diagnostics.Stopwatch.Frequency));
            }
            var time = new long[2];
            clock_gettime(1, time);
            return time[0] * 1000000000 + time[1];
        }

        /// <summary>Whether the text has no unpaired surrogates, which cannot be part of a name.</summary>
        internal static bool IsText(string text)
        {
            try
            {
                return new UTF8Encoding(false, true).GetByteCount(text) > 0;
            }
            catch (EncoderFallbackException)
            {
                return false;
            }
        }

        /// <summary>Returns the system's message for an error.</summary>
        internal static string Message(int error) { return Marshal.PtrToStringAnsi(strerror(error)); }
        internal static string LastMessage() { return Message(Marshal.GetLastWin32Error()); }

        internal static bool IsTooManyFiles(int error) { return error == 23 || error == 24; }
        internal static ShmpixException TooManyFiles(string what)
        {
            return new ShmpixException(1, what + ": too many files are open. Close some in this program, or start it with a larger " +
                                              "limit (ulimit -n).");
        }

        /// <summary>Reserves memory for a part of a file, which grows if necessary. Returns 0 or the system's
        /// error.</summary>
        internal static int Allocate(int fd, long at, long count)
        {
            int error;
            do
            {
                error = posix_fallocate(fd, (IntPtr)at, (IntPtr)count);
            } while (error == Interrupted);
            return error;
        }

        /// <summary>Like Allocate(), but does not change the length of the file. Some file systems do not support
        /// this.</summary>
        internal static int AllocateWithin(int fd, long at, long count)
        {
            const int KeepSize = 1;
            int error;
            do
            {
                error = fallocate(fd, KeepSize, (IntPtr)at, (IntPtr)count) == 0 ? 0 : Marshal.GetLastWin32Error();
            } while (error == Interrupted);
            return error;
        }

        /// <summary>The maximum size of a file that this process may write (ulimit -f).</summary>
        internal static long LargestFile()
        {
            var limit = new ulong[2];
            return getrlimit(1, limit) != 0 || limit[0] > long.MaxValue ? long.MaxValue : (long)limit[0];
        }

        internal static int ModeOfNewFiles()
        {
            int mask = umask(0x12);
            umask(mask);
            return 0x1b6 /* 0666 */ & ~mask;
        }

        /// <summary>Returns the login name of a user, or the user number if there is none.</summary>
        internal static string UserName(uint user)
        {
            return Account((entry, strings, bytes) => {
                IntPtr found;
                return getpwuid_r(user, entry, strings, bytes, out found) == 0 && found != IntPtr.Zero
                           ? Marshal.PtrToStringAnsi(Marshal.ReadIntPtr(found)) : null;
            }) ?? user.ToString(CultureInfo.InvariantCulture);
        }

        /// <summary>Returns null if there is no group with the name.</summary>
        internal static uint? GroupNumber(string name)
        {
            string number = Account((entry, strings, bytes) => {
                IntPtr found; // points to a name, a password and the number
                return getgrnam_r(name, entry, strings, bytes, out found) == 0 && found != IntPtr.Zero
                           ? unchecked((uint)Marshal.ReadInt32(found, 2 * IntPtr.Size)).ToString(CultureInfo.InvariantCulture)
                           : null;
            });
            return number == null ? (uint?)null : uint.Parse(number, CultureInfo.InvariantCulture);
        }

        private static string Account(Func<IntPtr, IntPtr, IntPtr, string> find)
        {
            const int entry = 256, strings = 1 << 20; // enough for a group with all its members
            IntPtr memory = Marshal.AllocHGlobal(entry + strings);
            try
            {
                return find(memory, memory + entry, (IntPtr)strings);
            }
            finally
            {
                Marshal.FreeHGlobal(memory);
            }
        }

        /// <summary>Returns the status of an open file (with an empty path) or of a path without following links; null
        /// if there is none.</summary>
        internal static FileStatus Status(int folder, string path)
        {
            return Status(folder, path, path.Length == 0 ? 0x1000 : 0x100);
        }

        /// <summary>Like Status() with a path, but follows links.</summary>
        internal static FileStatus StatusOfTarget(string path) { return Status(CurrentFolder, path, 0); }

        private static FileStatus Status(int folder, string path, int flags)
        {
            var buffer = new byte[256]; // struct statx is the same everywhere
            if (statx(folder, path, flags, 0xfff, buffer) != 0)
            {
                return null;
            }
            ulong device = (ulong)BitConverter.ToUInt32(buffer, 136) << 32 | BitConverter.ToUInt32(buffer, 140);
            bool hasBirth = (BitConverter.ToUInt32(buffer, 0) & 0x800) != 0;
            long born = hasBirth ? BitConverter.ToInt64(buffer, 80) * 1000000000 + BitConverter.ToUInt32(buffer, 88) : 0;
            return new FileStatus
            {
                Id = string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}", device, BitConverter.ToUInt64(buffer, 32), born),
                Inode = BitConverter.ToUInt64(buffer, 32),
                Type = BitConverter.ToUInt16(buffer, 28) & 0xf000,
                Mode = BitConverter.ToUInt16(buffer, 28) & 0xfff,
                User = BitConverter.ToUInt32(buffer, 20),
                Group = BitConverter.ToUInt32(buffer, 24),
                Size = BitConverter.ToInt64(buffer, 40),
            };
        }
    }

#if SHMPIX_MAIN
    internal static class Program
    {
        private const string Help = "Shmpix.exe share KEY FILE.bmp [--protocol bmp|rawsize|pixels|live] [--layout L] [--replace]\n" +
                                    "           [--mode 0644] [--group NAME]\n" +
                                    "Shmpix.exe save KEY FILE.bmp [--protocol auto|bmp|rawsize|pixels|live] [--layout L]\n" +
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
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is ArgumentException ||
                                          error is NotSupportedException)
            {
                Console.Error.WriteLine("shmpix: " + error.Message.Split('\n')[0].TrimEnd('.') + ". Choose another file.");
                return 4;
            }
        }

        private static void Run(string[] arguments)
        {
            var words = new List<string>();
            var options = new Dictionary<string, string> {
                { "--protocol", null }, { "--layout", null }, { "--mode", null }, { "--group", null },
            };
            bool replace = false;
            for (int i = 0; i < arguments.Length; ++i)
            {
                if (options.ContainsKey(arguments[i]) && i + 1 < arguments.Length)
                {
                    options[arguments[i]] = arguments[i + 1];
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
                using (var segment = new Segment(words[1], replace) { Mode = options["--mode"], Group = options["--group"] })
                {
                    Share(segment, words[1], words[2], options["--protocol"] ?? "bmp", options["--layout"]);
                }
            }
            else if (words.Count == 3 && words[0] == "save")
            {
                Picture picture = Segment.Read(words[1], options["--protocol"] ?? "auto", options["--layout"]);
                Save(words[2], Protocols.Encode(picture, "bmp"));
                Say("saved " + picture.Width + "x" + picture.Height + " as " + words[2]);
            }
            else
            {
                throw ShmpixException.Usage("The command line is not valid. Use one of these commands:\n" + Help);
            }
        }

        /// <summary>Replaces a file as soon as the new one is complete, and keeps its mode. Writes directly into
        /// special files and link targets.</summary>
        private static void Save(string path, byte[] bytes)
        {
            if (Key.OnWindows || path.Length == 0)
            {
                File.WriteAllBytes(path, bytes);
                return;
            }
            FileStatus named = Native.Status(Native.CurrentFolder, path), target = Native.StatusOfTarget(path);
            CheckLink(path, named);
            bool renames = named == null || named.IsRegular;
            string written = renames ? path + "." + Native.getpid() + ".part" : path;
            OpenFile file = renames ? OpenFile.Make(written) : null;
            if (file == null)
            {
                renames = false;
                written = path;
                file = OpenFile.Open(path, Native.WriteOnly | Native.Create | Native.Truncate);
            }
            if (file == null)
            {
                throw new ShmpixException(4, path + " cannot be written (" + Native.LastMessage() + "). Choose another file.");
            }
            using (file)
            {
                if (!file.Append(bytes))
                {
                    string why = Native.LastMessage();
                    if (renames)
                    {
                        HiddenNames.Remove(written, file);
                    }
                    throw new ShmpixException(6, "The picture cannot be written as " + path + " (" + why + "). Free some space there, " +
                                                     "or choose another file.");
                }
                if (renames)
                {
                    Native.fchmod(file.Number, target != null ? target.Mode & Permission.All : Native.ModeOfNewFiles());
                }
            }
            if (renames && Native.rename(written, path) != 0)
            {
                string why = Native.LastMessage();
                Native.unlink(written);
                throw new ShmpixException(4, path + " cannot be replaced (" + why + "). Choose another file.");
            }
        }

        /// <summary>Throws if the file is a link that another user may have created to make us overwrite one of our
        /// files.</summary>
        private static void CheckLink(string path, FileStatus named)
        {
            const int sticky = 0x200, writtenByAll = 2;
            FileStatus folder = Native.StatusOfTarget(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
            if (named != null && named.IsLink && named.User != Native.geteuid() && folder != null && named.User != folder.User &&
                (folder.Mode & sticky) != 0 && (folder.Mode & writtenByAll) != 0)
            {
                throw new ShmpixException(4, path + " is a symbolic link that user " + Native.UserName(named.User) + " created in a " +
                                                 "world-writable folder, and is not followed. Choose another file.");
            }
        }

        private static void Share(Segment segment, string key, string file, string protocol, string layout)
        {
            Picture picture = Protocols.Decode(File.ReadAllBytes(file), "bmp");
            long bytes = segment.Write(picture, protocol, layout);
            Say("shared " + picture.Width + "x" + picture.Height + " as " + protocol +
                (segment.Layout != null ? " (" + segment.Layout + ")" : "") + " under " + key + ": " + bytes + " bytes");
            Console.In.ReadLine();
        }

        private static void Say(string line)
        {
            try
            {
                Console.Out.WriteLine(line);
                Console.Out.Flush();
            }
            catch (IOException)
            {
                throw new ShmpixException(6, "The output cannot be written: \"" + line + "\". Free some space there, or redirect it " +
                                                 "elsewhere.");
            }
        }
    }
#endif
}
