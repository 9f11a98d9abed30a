using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>A way into the switch: unary calls or streams, over connections of its own.</summary>
internal abstract class Door : IAsyncDisposable
{
    protected Door(string name, IReadOnlyList<GrpcChannel> channels)
    {
        Name = name;
        Channels = channels;
    }

    public string Name { get; }

    protected IReadOnlyList<GrpcChannel> Channels { get; }

    /// <summary>
    /// Sends one request; what goes wrong is a reply too. The request may be changed and sent again once this is done.
    /// </summary>
    public abstract ValueTask<Reply> AskAsync(AuthorizeRequest request);

    public virtual ValueTask DisposeAsync()
    {
        foreach (var channel in Channels) channel.Dispose();
        return ValueTask.CompletedTask;
    }
}
