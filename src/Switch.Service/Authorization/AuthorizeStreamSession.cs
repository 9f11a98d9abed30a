using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Service.Telemetry;

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
    // So that a stream that is never idle holds nothing back for long.
    private const int SentTogetherMax = 32;

    private static readonly WriteOptions HeldBack = new(WriteFlags.BufferHint);

    private readonly AuthorizePipeline _pipeline;
    private readonly CallerIdentity _caller;
    private readonly SwitchOptions _options;
    private readonly DateTime _callDeadline;
    private readonly TimeProvider _time;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly CancellationToken _draining;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _reading = new();
    // Bounded by the places: an answer keeps the place of its request until it is written.
    private readonly Channel<Waiting> _answers =
        Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _places;
    // Requests that were taken and whose answers are not written yet: the window.
    private int _inFlight;
    // Requests being worked on, plus one for the reader itself; whoever takes it to zero completes the answers.
    private int _open = 1;

    public AuthorizeStreamSession(
        AuthorizePipeline pipeline, CallerIdentity caller, SwitchOptions options, DateTime callDeadline,
        TimeProvider time, AuthorizationTelemetry telemetry, ILogger logger, CancellationToken draining)
    {
        _pipeline = pipeline;
        _caller = caller;
        _options = options;
        _callDeadline = callDeadline;
        _time = time;
        _telemetry = telemetry;
        _draining = draining;
        _logger = logger;
        // As many again for refusals in place. A client that sends without reading answers is then read no further.
        _places = new SemaphoreSlim(options.Limits.StreamInFlightMax * 2);
    }

    public async Task RunAsync(
        IAsyncStreamReader<AuthorizeStreamRequest> requests,
        IServerStreamWriter<AuthorizeStreamResponse> responses,
        CancellationToken aborted)
    {
        var writing = WriteAnswersAsync(responses, aborted);
        using var onDraining = _draining.Register(EndIfIdle);
        using var onAborted = aborted.Register(_reading.Cancel);
        ExceptionDispatchInfo? unreadable = null;
        try
        {
            while (await requests.MoveNext(_reading.Token))
            {
                await _places.WaitAsync(_reading.Token);
                Take(requests.Current.Request ?? new AuthorizeRequest(), aborted);
            }
        }
        catch (Exception e) when (_reading.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The concentrator is gone: its requests are not, they end on their own. Or the switch drains.
        }
        catch (RpcException e)
        {
            // What follows can't be read, a message over the size bound for example. What came before is answered.
            unreadable = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            Close();
            await writing;
        }

        unreadable?.Throw();
        if (_draining.IsCancellationRequested && _reading.IsCancellationRequested && !aborted.IsCancellationRequested)
            throw RefusalStatus.ToRpcException(Refusal.Draining);
    }

    private void Take(AuthorizeRequest request, CancellationToken aborted)
    {
        var read = _telemetry.Now;
        if (Interlocked.Increment(ref _inFlight) > _options.Limits.StreamInFlightMax)
        {
            Interlocked.Decrement(ref _inFlight);
            // Every other refusal is counted by the pipeline, which never sees this request.
            _telemetry.Refused(RefusalReason.StreamWindowFull);
            _answers.Writer.TryWrite(Answer(request, Refusal.StreamWindowFull, read));
            return;
        }

        Interlocked.Increment(ref _open);
        _ = AuthorizeAsync(request, read, aborted);
    }

    private async Task AuthorizeAsync(AuthorizeRequest request, long read, CancellationToken aborted)
    {
        Waiting answer;
        try
        {
            var result = await _pipeline.ExecuteAsync(
                request, _caller, Deadline.OnStream(_callDeadline, _options.Deadlines, _time), aborted);
            answer = result.Answer is { } final
                ? Answer(request, final, read)
                : Answer(request, result.Refusal!, read);
        }
        catch (Exception e)
        {
            // The stream and its other requests live on.
            Log.CallFailed(_logger, nameof(AuthorizationService.AuthorizationServiceBase.AuthorizeStream), e);
            answer = Answer(request, Refusal.Internal, read);
        }

        // After an abort nobody reads, and the answer is dropped: the retry gets it.
        _answers.Writer.TryWrite(answer);
        Close();
    }

    private async Task WriteAnswersAsync(
        IServerStreamWriter<AuthorizeStreamResponse> responses, CancellationToken aborted)
    {
        try
        {
            var unsent = 0;
            var hadTurn = false;
            await foreach (var answer in _answers.Reader.ReadAllAsync(aborted))
            {
                // Answers come in groups, as the journal commits them: those that wait already go out together, and
                // once before the last of them the pool's waiting work has its turn, for it ends in further answers.
                var isFull = ++unsent == SentTogetherMax;
                if (!isFull && !hadTurn && !_answers.Reader.TryPeek(out _))
                {
                    hadTurn = true;
                    await Task.Yield();
                }

                var isHeldBack = !isFull && _answers.Reader.TryPeek(out _);
                responses.WriteOptions = isHeldBack ? HeldBack : null;
                if (!isHeldBack)
                {
                    unsent = 0;
                    hadTurn = false;
                }

                await responses.WriteAsync(answer.Response, aborted);
                if (answer.Refusal is { } refusal) _telemetry.RefusedInStream(refusal.Reason, answer.Read);
                if (answer.Refusal?.Reason != RefusalReason.StreamWindowFull) Interlocked.Decrement(ref _inFlight);
                _places.Release();
            }
        }
        catch (Exception e) when (aborted.IsCancellationRequested
            && e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Aborted: there is nobody to write to.
        }
        catch
        {
            // Who can't be answered must not go on paying: no further request is taken, and the stream ends.
            await _reading.CancelAsync();
            throw;
        }
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0) _answers.Writer.TryComplete();
        else if (_draining.IsCancellationRequested) EndIfIdle();
    }

    // Only the reader is left. What it has read meanwhile is refused in place, or dropped if no place is free for that.
    private void EndIfIdle()
    {
        if (Volatile.Read(ref _open) == 1) _reading.Cancel();
    }

    private static Waiting Answer(AuthorizeRequest request, AuthorizeResponse final, long read) => new(
        new AuthorizeStreamResponse { IdempotencyKey = request.IdempotencyKey, Response = final }, null, read);

    private static Waiting Answer(AuthorizeRequest request, Refusal refusal, long read) => new(
        new AuthorizeStreamResponse
        {
            IdempotencyKey = CardNumberGuard.Shown(request),
            Error = RefusalStatus.Of(refusal),
        },
        refusal, read);

    /// <summary>An answer that is not written yet.</summary>
    /// <param name="Response">What is written.</param>
    /// <param name="Refusal">Why it is a refusal; one of the window was never taken into it. Null: final.</param>
    /// <param name="Read">Timestamp of when its request was read.</param>
    private readonly record struct Waiting(AuthorizeStreamResponse Response, Refusal? Refusal, long Read);
}
