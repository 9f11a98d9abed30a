using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>One stream on each connection, used in turn.</summary>
internal sealed class StreamDoor : Door
{
    private readonly StreamLane[] _lanes;
    private uint _next;

    public StreamDoor(IReadOnlyList<GrpcChannel> channels)
        : base("stream", channels) =>
        _lanes = [.. channels.Select(
            c => new StreamLane(new AuthorizationService.AuthorizationServiceClient(c).AuthorizeStream()))];

    public override ValueTask<Reply> AskAsync(AuthorizeRequest request) =>
        _lanes[Interlocked.Increment(ref _next) % _lanes.Length].AskAsync(request);

    public override async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes) await lane.DisposeAsync();
        await base.DisposeAsync();
    }
}
