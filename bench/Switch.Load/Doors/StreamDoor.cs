using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>One stream on each connection, used in turn.</summary>
internal sealed class StreamDoor : Door
{
    private readonly StreamLane[] _lanes;

    public StreamDoor(IReadOnlyList<GrpcChannel> channels, TimeSpan patience)
        : base(channels, patience) =>
        _lanes = [.. Clients.Select(static client => new StreamLane(client.AuthorizeStream()))];

    public override ValueTask<Reply> AskAsync(AuthorizeRequest request) =>
        _lanes[NextOf(_lanes.Length)].AskAsync(request);

    public override async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes) await lane.DisposeAsync();
        await base.DisposeAsync();
    }
}
