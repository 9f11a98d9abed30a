using System.Collections.Concurrent;

namespace Switch.Iso8583.Tests;

/// <summary>Keeps what a link told, in order.</summary>
internal sealed class RecordingObserver : IsoLinkObserver
{
    public ConcurrentQueue<(CloseReason Reason, string Detail)> Closes { get; } = new();

    public ConcurrentQueue<string?> Unmatched { get; } = new();

    public ConcurrentQueue<int> Late { get; } = new();

    public ConcurrentQueue<TimeSpan> Delays { get; } = new();

    public ConcurrentQueue<(int Messages, int Bytes)> Batches { get; } = new();

    public ConcurrentQueue<(ExchangeKind Kind, ExchangeReason Reason)> Exchanges { get; } = new();

    public ConcurrentQueue<bool> Probes { get; } = new();

    public ConcurrentQueue<string> Breaker { get; } = new();

    public ConcurrentQueue<LinkStatus> Statuses { get; } = new();

    public ConcurrentQueue<int> HostCodes { get; } = new();

    public ConcurrentQueue<string> ConnectFailures { get; } = new();

    public ConcurrentQueue<(string Part, Exception Fault)> LoopFaults { get; } = new();

    public override void OnLoopFault(string part, Exception fault) => LoopFaults.Enqueue((part, fault));

    public override void OnClosed(int connection, CloseReason reason, string detail) =>
        Closes.Enqueue((reason, detail));

    public override void OnUnmatchedReply(IsoMessage reply, string? nearestMiss) => Unmatched.Enqueue(nearestMiss);

    public override void OnLateReply(IsoMessage reply, TimeSpan afterOutcome)
    {
        reply.TryGetInt64(11, out var stan);
        Late.Enqueue((int)stan);
    }

    public override void OnReconnecting(int connection, TimeSpan delay) => Delays.Enqueue(delay);

    public override void OnBatchWritten(int connection, int messages, int bytes) => Batches.Enqueue((messages, bytes));

    public override void OnExchangeCompleted(ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip) =>
        Exchanges.Enqueue((kind, reason));

    public override void OnProbe(bool isGood) => Probes.Enqueue(isGood);

    public override void OnBreakerChanged(bool isOpen, string reason) =>
        Breaker.Enqueue($"{(isOpen ? "open" : "closed")}: {reason}");

    public override void OnStatusChanged(LinkStatus status) => Statuses.Enqueue(status);

    public override void OnHostRequest(int connection, int networkCode) => HostCodes.Enqueue(networkCode);

    public override void OnConnectFailed(int connection, string endpoint, string reason) =>
        ConnectFailures.Enqueue(reason);
}
