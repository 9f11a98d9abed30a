using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;
using Switch.Service.ResponseCodes;
using Switch.Simulation.Tests.Fleet;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>One instance's link to an acquirer: not sent, sent and lost on either way, late, answered, answered
/// twice.</summary>
internal sealed class AcquirerPort(
    AcquirerHost host, ResponseCodeTable codes, Life life, Scheduler scheduler, Trace trace, Weather weather)
        : IAcquirer
{
    private readonly Caller _caller = new(life, scheduler, trace);
    private int _stan = scheduler.Random.Next(900_000);

    public string Name => host.Name;

    public CandidateStatus Status => host.IsReachable ? CandidateStatus.Available : CandidateStatus.LinkDown;

    public TimeSpan ReplyTimeout => FleetOptions.ReplyTimeout;

    public AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number) => new()
    {
        Draft = draft,
        Acquirer = Name,
        Attempt = number,
        MessageType = "0100",
        ProcessingCode = "000000",
        Stan = ++_stan,
        TransmissionDateTime = life.Clock.GetUtcNow().ToString("MMddHHmmss", CultureInfo.InvariantCulture),
        CardSequenceNumber = -1,
        SealedCard = ByteString.CopyFromUtf8("sealed"),
    };

    public async ValueTask<AttemptResult> SendAsync(
        PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy)
    {
        if (!host.IsReachable || scheduler.Draw(weather.AcquirerTrouble / 3)) return NotSent(attempt);
        host.Ask(attempt.Draft.RetrievalReferenceNumber);
        var step = $"0100 {attempt.Draft.TransactionId[..4]}.{attempt.Attempt} {Name}";
        var call = _caller.Call(
            step,
            () =>
            {
                if (!host.IsReachable && scheduler.Draw(500)) return (false, default);
                var reply = host.Authorize(attempt);
                trace.Say(life.Name, step, reply.Code);
                return (!host.IsSilent, ResultOf(reply));
            },
            DrawTrip());
        // The reply time-out, or a connection that breaks before.
        var patience = scheduler.Draw(weather.AcquirerTrouble / 3) ? scheduler.Between(1, 200) : ReplyTimeout;
        _caller.GiveUp(call, patience, AttemptResult.SentUnknown("timed_out"));
        var result = await call.Task;
        trace.Say(life.Name, step, result.Kind.ToString());
        return result;
    }

    public async ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat)
    {
        if (!host.IsReachable) return ReversalResult.NotSent("no_connection");
        var original = reversal.Original;
        var step = $"{(isRepeat ? "0421" : "0420")} {original.Draft.TransactionId[..4]}.{original.Attempt} {Name}";
        var call = _caller.Call(
            step,
            () =>
            {
                if (!host.IsReachable && scheduler.Draw(500)) return (false, default);
                var code = host.Reverse(reversal);
                trace.Say(life.Name, step, code);
                return (!host.IsSilent, ReversalResult.Replied(code));
            },
            DrawTrip());
        _caller.GiveUp(call, ReplyTimeout, ReversalResult.SentUnknown("timed_out"));
        return await call.Task;
    }

    private AttemptResult NotSent(AttemptRecord attempt)
    {
        trace.Say(life.Name, "not sent", attempt.Draft.TransactionId[..4]);
        return AttemptResult.NotSent("no_connection");
    }

    private AttemptResult ResultOf(HostReply reply)
    {
        var code = codes[reply.Code];
        var kind = reply.Minor > 0 ? AttemptKind.Approved : AttemptKind.Declined;
        return new AttemptResult(kind, code, reply.Code, reply.ApprovalCode, reply.Minor, "");
    }

    private Trip DrawTrip()
    {
        var there = scheduler.Between(1, 60);
        var back = scheduler.Between(1, 60);
        if (!scheduler.Draw(weather.AcquirerTrouble)) return new Trip(there, back);
        return scheduler.Random.Next(5) switch
        {
            0 => new Trip(there, back, IsLostThere: true),
            1 => new Trip(there, back, IsLostBack: true),
            2 => new Trip(scheduler.Between(60, 1400), scheduler.Between(60, 1400)),
            // It gets there when its reversal has been there already.
            3 => new Trip(scheduler.Between(1400, 4000), back),
            // After the reply time-out.
            _ => new Trip(there, ReplyTimeout + scheduler.Between(1, 1000)),
        };
    }
}
