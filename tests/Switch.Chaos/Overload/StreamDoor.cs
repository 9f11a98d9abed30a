using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Chaos.Overload;

/// <summary>A stream on each connection. A request has its answer when one with its key comes.</summary>
internal sealed class StreamDoor : Door
{
    private readonly List<OneStream> _streams;
    private int _next;

    public StreamDoor(string address)
        : base("stream", address) =>
        _streams = Channels.ConvertAll(static channel =>
            new OneStream(new AuthorizationService.AuthorizationServiceClient(channel).AuthorizeStream()));

    public override Task<Reply> AskAsync(AuthorizeRequest request) =>
        _streams[(Interlocked.Increment(ref _next) & int.MaxValue) % Connections].AskAsync(request);

    public override async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams) await stream.DisposeAsync();
        await base.DisposeAsync();
    }

    private sealed class OneStream : IAsyncDisposable
    {
        private readonly AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> _call;
        private readonly Channel<AuthorizeRequest> _toSend = Channel.CreateUnbounded<AuthorizeRequest>();
        private readonly ConcurrentDictionary<string, TaskCompletionSource<Reply>> _waiting = new();
        private readonly Task _work;

        public OneStream(AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> call)
        {
            _call = call;
            _work = Task.WhenAll(Task.Run(SendAsync), Task.Run(ReadAsync));
        }

        public Task<Reply> AskAsync(AuthorizeRequest request)
        {
            var reply = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[request.IdempotencyKey] = reply;
            if (_work.IsCompleted) reply.TrySetResult(new Reply(StatusCode.Unavailable, "the stream has ended", false));
            else _toSend.Writer.TryWrite(request);
            return reply.Task;
        }

        public async ValueTask DisposeAsync()
        {
            _toSend.Writer.TryComplete();
            await _work;
            _call.Dispose();
        }

        private async Task SendAsync()
        {
            try
            {
                await foreach (var request in _toSend.Reader.ReadAllAsync())
                    await _call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request });
                await _call.RequestStream.CompleteAsync();
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // The reader tells those who wait.
            }
        }

        private async Task ReadAsync()
        {
            var end = new Reply(StatusCode.Unavailable, "the stream has ended", false);
            try
            {
                while (await _call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    var answer = _call.ResponseStream.Current;
                    if (!_waiting.TryRemove(answer.IdempotencyKey, out var reply)) continue;
                    reply.TrySetResult(answer.Response is { } response
                        ? Reply.Of(response)
                        : Reply.Of((StatusCode)answer.Error.Code, answer.Error));
                }
            }
            catch (RpcException e)
            {
                end = Reply.Of(e.StatusCode, e.GetRpcStatus());
            }

            _toSend.Writer.TryComplete();
            foreach (var reply in _waiting.Values) reply.TrySetResult(end);
        }
    }
}
