using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Service.Authorization;

/// <summary>
/// One concentrator's stream: many requests in flight, answers in the order they become final, written by one writer.
/// A faulty request is answered in place. The stream ends when the concentrator has sent its last request and all
/// answers are out; if the connection breaks, what was begun still runs to its outcome (S5). While the switch drains
/// (G8) requests are refused in place, and once nothing is in flight the switch ends the stream with UNAVAILABLE and
/// reason DRAINING: a stream that its concentrator keeps open for days must not hold up the shutdown.
/// </summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "Requests may outlive the stream; the source has no timer.")]
internal sealed class AuthorizeStreamSession
{
    private readonly AuthorizePipeline _pipeline;
    private readonly CallerIdentity _caller;
    private readonly SwitchOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _draining;
    private readonly Channel<AuthorizeStreamResponse> _answers;
    private readonly CancellationTokenSource _reading = new();
    // Requests being worked on, plus one for the reader itself; whoever takes it to zero completes the answers.
    private int _open = 1;

    public AuthorizeStreamSession(
        AuthorizePipeline pipeline, CallerIdentity caller, SwitchOptions options, TimeProvider time,
        CancellationToken draining)
    {
        _pipeline = pipeline;
        _caller = caller;
        _options = options;
        _time = time;
        _draining = draining;
        // One place for each request in flight and as many for refusals in place. A client that sends without
        // reading answers is slowed by the reader, which waits for a place before it refuses.
        _answers = Channel.CreateBounded<AuthorizeStreamResponse>(
            new BoundedChannelOptions(options.Limits.StreamInFlightMax * 2) { SingleReader = true });
    }

    public async Task RunAsync(
        IAsyncStreamReader<AuthorizeStreamRequest> requests,
        IServerStreamWriter<AuthorizeStreamResponse> responses,
        CancellationToken aborted)
    {
        var writing = WriteAnswersAsync(responses, aborted);
        using var onDraining = _draining.Register(EndIfIdle);
        using var onAborted = aborted.Register(_reading.Cancel);
        try
        {
            while (await requests.MoveNext(_reading.Token))
                await TakeAsync(requests.Current.Request ?? new AuthorizeRequest(), aborted);
        }
        catch (Exception e) when (_reading.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The concentrator is gone: its requests are not, they end on their own. Or the switch drains.
        }
        finally
        {
            Close();
        }

        await writing;
        if (_draining.IsCancellationRequested && _reading.IsCancellationRequested && !aborted.IsCancellationRequested)
            throw RefusalStatus.ToRpcException(Refusal.Draining);
    }

    private async ValueTask TakeAsync(AuthorizeRequest request, CancellationToken aborted)
    {
        // The reader's own one counts too, hence "greater than".
        if (Interlocked.Increment(ref _open) > _options.Limits.StreamInFlightMax + 1)
        {
            await _answers.Writer.WriteAsync(Answer(request, Refusal.StreamWindowFull), aborted);
            Close();
            return;
        }

        _ = AuthorizeAsync(request, aborted);
    }

    private async Task AuthorizeAsync(AuthorizeRequest request, CancellationToken aborted)
    {
        AuthorizeStreamResponse answer;
        try
        {
            var result = await _pipeline.ExecuteAsync(
                request, _caller, Deadline.In(_options.Deadlines.Default, _time), aborted);
            answer = result.Answer is { } final
                ? new AuthorizeStreamResponse { IdempotencyKey = request.IdempotencyKey, Response = final }
                : Answer(request, result.Refusal!);
        }
        catch (Exception)
        {
            // Logged where it happened; the stream and its other requests live on.
            answer = new AuthorizeStreamResponse
            {
                IdempotencyKey = request.IdempotencyKey,
                Error = RefusalStatus.Of(Refusal.Internal),
            };
        }

        // There is a place for each request in flight; after an abort nobody reads and the answer is dropped.
        _answers.Writer.TryWrite(answer);
        Close();
    }

    private async Task WriteAnswersAsync(
        IServerStreamWriter<AuthorizeStreamResponse> responses, CancellationToken aborted)
    {
        try
        {
            await foreach (var answer in _answers.Reader.ReadAllAsync(aborted))
                await responses.WriteAsync(answer, aborted);
        }
        catch (Exception e) when (aborted.IsCancellationRequested
            && e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Aborted: there is nobody to write to.
        }
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0) _answers.Writer.TryComplete();
        else if (_draining.IsCancellationRequested) EndIfIdle();
    }

    // Only the reader is left. A request that it has read meanwhile is still refused in place before it stops.
    private void EndIfIdle()
    {
        if (Volatile.Read(ref _open) == 1) _reading.Cancel();
    }

    private static AuthorizeStreamResponse Answer(AuthorizeRequest request, Refusal refusal) =>
        new() { IdempotencyKey = request.IdempotencyKey, Error = RefusalStatus.Of(refusal) };
}
