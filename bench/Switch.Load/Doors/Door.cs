using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>A way into the switch: unary calls or streams, over connections of its own.</summary>
internal abstract class Door : IAsyncDisposable
{
    private readonly IReadOnlyList<GrpcChannel> _channels;
    private uint _next;

    protected Door(IReadOnlyList<GrpcChannel> channels, TimeSpan patience)
    {
        _channels = channels;
        Patience = patience;
        Clients = [.. channels.Select(static c => new AuthorizationService.AuthorizationServiceClient(c))];
    }

    /// <summary>One a connection.</summary>
    protected AuthorizationService.AuthorizationServiceClient[] Clients { get; }

    /// <summary>The deadline of unary calls.</summary>
    protected TimeSpan Patience { get; }

    protected DateTime DeadlineOfCall => TimeProvider.System.GetUtcNow().UtcDateTime + Patience;

    public static Door Open(Target target, bool isStream, int connections, TimeSpan patience)
    {
        // A connection each: one HTTP/2 connection contends.
        var channels = Enumerable.Range(0, connections).Select(_ => target.Connect()).ToList();
        return isStream ? new StreamDoor(channels, patience) : new UnaryDoor(channels, patience);
    }

    /// <summary>
    /// Sends one request; what goes wrong is a reply too. The request may be changed and sent again once this is done.
    /// </summary>
    public abstract ValueTask<Reply> AskAsync(AuthorizeRequest request);

    /// <summary>Takes a payment back: always a call of its own.</summary>
    public async ValueTask<Reply> ReverseAsync(ReverseRequest request)
    {
        try
        {
            return Reply.Of(await NextClient().ReverseAsync(request, null, DeadlineOfCall));
        }
        catch (RpcException e)
        {
            return Reply.Of(e);
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        foreach (var channel in _channels) channel.Dispose();
        return ValueTask.CompletedTask;
    }

    protected AuthorizationService.AuthorizationServiceClient NextClient() => Clients[NextOf(Clients.Length)];

    /// <summary>The connections in turn.</summary>
    protected int NextOf(int count) => (int)(Interlocked.Increment(ref _next) % (uint)count);
}
