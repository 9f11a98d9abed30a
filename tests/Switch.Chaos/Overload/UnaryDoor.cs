using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Chaos.Overload;

/// <summary>One call a request.</summary>
internal sealed class UnaryDoor : Door
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private readonly List<AuthorizationService.AuthorizationServiceClient> _clients;
    private int _next;

    public UnaryDoor(string address)
        : base("unary", address) =>
        _clients = Channels.ConvertAll(
            static channel => new AuthorizationService.AuthorizationServiceClient(channel));

    public override async Task<Reply> AskAsync(AuthorizeRequest request)
    {
        var client = _clients[(Interlocked.Increment(ref _next) & int.MaxValue) % Connections];
        try
        {
            return Reply.Of(await client.AuthorizeAsync(
                request, null, TimeProvider.System.GetUtcNow().UtcDateTime + CallDeadline));
        }
        catch (RpcException e)
        {
            return Reply.Of(e.StatusCode, e.GetRpcStatus());
        }
    }
}
