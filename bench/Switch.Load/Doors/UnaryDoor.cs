using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>One call a request, on the connections in turn.</summary>
internal sealed class UnaryDoor : Door
{
    public UnaryDoor(IReadOnlyList<GrpcChannel> channels, TimeSpan patience)
        : base(channels, patience)
    {
    }

    public override async ValueTask<Reply> AskAsync(AuthorizeRequest request)
    {
        try
        {
            return Reply.Of(await NextClient().AuthorizeAsync(request, null, DeadlineOfCall));
        }
        catch (RpcException e)
        {
            return Reply.Of(e);
        }
    }
}
