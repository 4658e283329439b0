// A typical C# program without Shmpix: System.Drawing saves a bitmap as BMP, and the program copies the bytes into a mapped
// file. Usage: BitmapWriter.exe FILE. Runs until it reads a line.
using System;
using System.Drawing;
using System.Drawing.Imaging;
using System.IO;
using System.IO.MemoryMappedFiles;

internal static class BitmapWriter
{
    private static void Main(string[] arguments)
    {
        const int width = 1600, height = 1200;
        using (var bitmap = new Bitmap(width, height, PixelFormat.Format8bppIndexed))
        {
            ColorPalette palette = bitmap.Palette;
            for (int i = 0; i < 256; ++i)
            {
                palette.Entries[i] = Color.FromArgb(i, 255 - i, i * 7 & 255);
            }
            bitmap.Palette = palette;
            BitmapData data = bitmap.LockBits(new Rectangle(0, 0, width, height), ImageLockMode.WriteOnly, bitmap.PixelFormat);
            var row = new byte[width];
            for (int y = 0; y < height; ++y)
            {
                for (int x = 0; x < width; ++x)
                {
                    row[x] = (byte)(x * 3 + y * 5);
                }
                System.Runtime.InteropServices.Marshal.Copy(row, 0, data.Scan0 + y * data.Stride, width);
            }
            bitmap.UnlockBits(data);
            using (var stream = new MemoryStream())
            {
                bitmap.Save(stream, ImageFormat.Bmp);
                using (MemoryMappedFile map = MemoryMappedFile.CreateFromFile(arguments[0], FileMode.CreateNew, null, stream.Length))
                using (MemoryMappedViewStream view = map.CreateViewStream())
                {
                    stream.WriteTo(view);
                    view.Flush();
                    Console.WriteLine("shared " + stream.Length);
                    Console.In.ReadLine();
                }
            }
        }
        File.Delete(arguments[0]);
    }
}
