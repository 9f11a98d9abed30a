using Switch.Programs;


namespace Switch.Load.CommandLine;

/// <summary>A verb that starts programs of its own: their folder, what faults mean, the exit status.</summary>
internal static class Workplace
{
    private const int Measured = 0;
    private const int Void = 1;
    private const int NotMade = 2;

    /// <summary>
    /// Measures in the folder that was given, or in a temporary one that is left only when there is something to look
    /// up in it. The exit status: 0 measured, 1 void, 2 it could not be made.
    /// </summary>
    /// <param name="options">The folder, and whether to keep it.</param>
    /// <param name="name">Of the temporary folder.</param>
    /// <param name="error">Where a fault goes.</param>
    /// <param name="measure">Measures and tells; whether the run is void.</param>
    public static async Task<int> RunAsync(
        MeasurementOptions options, string name, TextWriter error, Func<string, Task<bool>> measure)
    {
        var folder = options.WorkFolder is { } given
            ? Directory.CreateDirectory(given).FullName
            : Directory.CreateTempSubdirectory($"switch-{name}-").FullName;
        var status = NotMade;
        try
        {
            status = await measure(folder) ? Void : Measured;
        }
        catch (Exception e) when (e is HarnessException or IOException or TimeoutException or HttpRequestException
            or OperationCanceledException or StackExchange.Redis.RedisException
            or Microsoft.Data.Sqlite.SqliteException)
        {
            await error.WriteLineAsync($"The run could not be made: {e.Message}");
        }

        if (status != Measured || options.Keep) await error.WriteLineAsync($"Logs are in {folder}");
        else if (options.WorkFolder is null) Directory.Delete(folder, recursive: true);
        return status;
    }
}
