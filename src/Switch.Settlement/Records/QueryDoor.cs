namespace Switch.Settlement.Records;

/// <summary>
/// On an endpoint: it may be reached through the ports of the queries only. On a connection: it came in by one of them.
/// </summary>
internal sealed class QueryDoor
{
    public static readonly QueryDoor Instance = new();

    private QueryDoor()
    {
    }

    /// <summary>
    /// Keeps the records behind their ports, whatever else the host listens on. The name that was asked for has to be
    /// one of loopback: a page on another site may point its own name at 127.0.0.1 and read, in the browser of whoever
    /// sits at this machine, what answers there.
    /// </summary>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<QueryDoor>() is null) return next(context);
        var isLoopbackName = context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";
        if (isLoopbackName && context.Features.Get<QueryDoor>() is not null) return next(context);
        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
