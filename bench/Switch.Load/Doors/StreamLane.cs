using System.Threading.Channels;
using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>One stream: a loop that writes all that waits before it flushes, and a loop that reads.</summary>
internal sealed class StreamLane : IAsyncDisposable
{
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);
    private readonly AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> _call;
    // Bounded by whoever asks: each has one request here at most.
    private readonly Channel<AuthorizeRequest> _toSend = Channel.CreateUnbounded<AuthorizeRequest>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly Stack<Waiting> _pool = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly Task _work;
    private Reply? _end;

    public StreamLane(AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> call)
    {
        _call = call;
        _work = Task.WhenAll(Task.Run(SendAsync), Task.Run(ReadAsync));
    }

    public ValueTask<Reply> AskAsync(AuthorizeRequest request)
    {
        Waiting waiting;
        lock (_pool) waiting = _pool.TryPop(out var used) ? used : new Waiting(_pool);
        lock (_waiting)
        {
            if (_end is { } end) return ValueTask.FromResult(end);
            if (_waiting.TryAdd(request.IdempotencyKey, waiting))
            {
                _toSend.Writer.TryWrite(request);
                return waiting.Task;
            }

            // The same key twice on one stream: answers are told apart by nothing, so the earlier asker gets the first.
            var last = _waiting[request.IdempotencyKey];
            while (last.Next is not null) last = last.Next;
            last.Next = waiting;
        }

        _toSend.Writer.TryWrite(request);
        return waiting.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _toSend.Writer.TryComplete();
        // A switch that owes answers keeps the stream open.
        await _work.WaitAsync(ClosePatience, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.Dispose();
    }

    private async Task SendAsync()
    {
        var requests = _toSend.Reader;
        var message = new AuthorizeStreamRequest();
        try
        {
            while (await requests.WaitToReadAsync())
            {
                while (requests.TryRead(out var request))
                {
                    message.Request = request;
                    _call.RequestStream.WriteOptions = requests.TryPeek(out _) ? Buffered : WriteOptions.Default;
                    await _call.RequestStream.WriteAsync(message);
                }
            }

            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The stream is gone; the reader learns why, and tells those who wait.
        }
    }

    private async Task ReadAsync()
    {
        var end = Reply.NoAnswer("the stream has ended");
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                var answer = _call.ResponseStream.Current;
                Take(answer.IdempotencyKey)?.Answer(answer.Response is { } response
                    ? Reply.Of(response)
                    : Reply.Of((StatusCode)answer.Error.Code, answer.Error, answer.Error.Message));
            }
        }
        catch (RpcException e)
        {
            end = Reply.Of(e);
        }

        EndAll(end);
    }

    private Waiting? Take(string key)
    {
        lock (_waiting)
        {
            if (!_waiting.Remove(key, out var waiting)) return null;
            if (waiting.Next is { } next) _waiting.Add(key, next);
            return waiting;
        }
    }

    private void EndAll(Reply end)
    {
        List<Waiting> left = [];
        lock (_waiting)
        {
            _end = end;
            foreach (var first in _waiting.Values)
                for (var waiting = first; waiting is not null; waiting = waiting.Next) left.Add(waiting);
            _waiting.Clear();
        }

        _toSend.Writer.TryComplete();
        foreach (var waiting in left) waiting.Answer(end);
    }
}
