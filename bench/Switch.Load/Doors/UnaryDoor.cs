using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>One call a request, on the connections in turn.</summary>
internal sealed class UnaryDoor : Door
{
    private readonly AuthorizationService.AuthorizationServiceClient[] _clients;
    private readonly TimeSpan _patience;
    private uint _next;

    public UnaryDoor(IReadOnlyList<GrpcChannel> channels, TimeSpan patience)
        : base("unary", channels)
    {
        _patience = patience;
        _clients = [.. channels.Select(c => new AuthorizationService.AuthorizationServiceClient(c))];
    }

    public override async ValueTask<Reply> AskAsync(AuthorizeRequest request)
    {
        var client = _clients[Interlocked.Increment(ref _next) % _clients.Length];
        try
        {
            var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + _patience;
            return Reply.Of(await client.AuthorizeAsync(request, null, deadline));
        }
        catch (RpcException e)
        {
            return Reply.Of(e);
        }
    }
}
