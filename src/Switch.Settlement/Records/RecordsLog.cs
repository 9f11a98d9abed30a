namespace Switch.Settlement.Records;

internal static partial class RecordsLog
{
    [LoggerMessage(5401, LogLevel.Warning,
        "A query of the records failed at the store; its caller was told to come back")]
    public static partial void StoreAway(ILogger logger, Exception cause);

    [LoggerMessage(5402, LogLevel.Warning,
        "Records and statistics are served in plaintext on {Grpc} (gRPC) and {Json} (JSON): whoever reaches these "
        + "ports reads them")]
    public static partial void ServedInPlaintext(ILogger logger, string grpc, string json);
}
