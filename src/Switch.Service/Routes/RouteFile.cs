using System.Text;
using Switch.Routing;
using Switch.Service.Files;

namespace Switch.Service.Routes;

/// <summary>What was read of a routing file and of the file of BIN ranges that it names.</summary>
/// <param name="Config">What could be read.</param>
/// <param name="Faults">Why the rest could not be.</param>
/// <param name="ContentHash">Of all bytes that were read; the same as long as nothing changes.</param>
/// <param name="BinRangesPath">The file of BIN ranges, or null.</param>
internal sealed record RouteFileContent(
    RouteConfig Config, IReadOnlyList<RouteFault> Faults, string ContentHash, string? BinRangesPath);

/// <summary>
/// Reads a routing file. What is wrong with it comes back as faults, files that cannot be read included.
/// </summary>
internal static class RouteFile
{
    /// <summary>The largest routing file and the largest file of BIN ranges, in bytes.</summary>
    internal const int BytesMax = 64 * 1024 * 1024;

    internal static RouteFileContent Read(string path)
    {
        var faults = new RouteFaults(Path.GetFileName(path));
        if (ReadBytes(path, faults, 0, "") is not { } bytes)
            return new RouteFileContent(NothingOf(path), faults.All, ContentHash.Of(null, null), null);

        RouteYaml yaml = RouteYaml.Read(TextOf(bytes), faults);
        List<BinRangeConfig> ranges = yaml.BinRanges;
        IEnumerable<RouteFault> all = faults.All;
        string? csvPath = null;
        byte[]? csvBytes = null;
        if (yaml.BinRangesFile is { } file && file.Value.Contains('\0', StringComparison.Ordinal))
        {
            faults.Add(file.Line.Line, "bin_ranges_file", "is no name of a file");
        }
        else if (yaml.BinRangesFile is { } named)
        {
            csvPath = Path.GetFullPath(named.Value, Path.GetDirectoryName(Path.GetFullPath(path))!);
            csvBytes = ReadBytes(csvPath, faults, named.Line.Line, "bin_ranges_file");
            var csvFaults = new RouteFaults(Path.GetFileName(csvPath));
            if (csvBytes is not null) BinRangeCsv.Read(TextOf(csvBytes), csvFaults, ranges);
            all = all.Concat(csvFaults.All);
        }
        var config = new RouteConfig
        {
            Line = yaml.Config.Line,
            Schemes = yaml.Config.Schemes,
            Acquirers = yaml.Config.Acquirers,
            BinRanges = ranges,
            Rules = yaml.Config.Rules,
            Fallback = yaml.Config.Fallback,
        };
        return new RouteFileContent(config, [.. all], ContentHash.Of(bytes, csvBytes), csvPath);
    }

    /// <summary>The hash that <see cref="Read"/> would give now, without reading a meaning into the bytes.</summary>
    internal static string Hash(string path, string? binRangesPath)
    {
        var faults = new RouteFaults("");
        byte[]? bytes = ReadBytes(path, faults, 0, "");
        byte[]? csvBytes = bytes is null || binRangesPath is null ? null : ReadBytes(binRangesPath, faults, 0, "");
        return ContentHash.Of(bytes, csvBytes);
    }

    private static RouteConfig NothingOf(string path) => new() { Line = new SourceLine(Path.GetFileName(path), 0) };

    private static StreamReader TextOf(byte[] bytes) => new(new MemoryStream(bytes), Encoding.UTF8);

    private static byte[]? ReadBytes(string path, RouteFaults faults, int line, string nodePath)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > BytesMax })
            {
                faults.Add(line, nodePath, $"'{Path.GetFileName(path)}' is larger than {BytesMax} bytes");
                return null;
            }
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(line, nodePath, $"'{Path.GetFileName(path)}' cannot be read: {exception.Message}");
            return null;
        }
    }
}
