using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Sandbox;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>A caller's time that runs out before a byte is sent is no answer: the key is free.</summary>
public sealed class LateAttemptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The moments: before the claim, so that no intent is opened; and when the intent is on disk.</summary>
    [Theory]
    [InlineData(nameof(IAcquirer.Prepare))]
    [InlineData(nameof(IAcquirer.ReplyTimeout))]
    public async Task S5_TimeRunsOutBeforeAByteIsSent_IsDeadlineExceeded_NeverA91_AndTheRetryRunsAfresh(string moment)
    {
        var clock = new LeapingClock();
        await using var test = await SwitchUnderTest.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Logging = static _ => { },
                Configuration = SwitchUnderTest.Configured(),
                Replace = services =>
                {
                    services.AddSingleton<TimeProvider>(clock);
                    services.AddSingleton(provider => new AcquirerSet(
                        [.. provider.GetRequiredService<AcquirerLinks>().Acquirers.Select(
                            acquirer => new SlowAcquirer(acquirer, moment, clock))]));
                },
            },
            new LogCapture());
        var request = Payments.Purchase();
        clock.Arm(TimeSpan.FromSeconds(14.7));

        var (code, reason, _) = await test.RefusedAsync(request);

        Assert.Equal((StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED"), (code, reason));
        Assert.Empty(test.Sandbox.Alpha.Ledger.Entries());
        Assert.Equal(0, test.Journal.OpenIntents);
        var retry = await test.AuthorizeAsync(request);
        Assert.Equal((Outcome.Approved, false), (retry.Outcome, retry.Replayed));
        Assert.Single(await test.EventsAsync(retry.TransactionId, "authorized"));
    }

    [Fact]
    public async Task S5_HostThatReadsNothing_WhatItsCallerNoLongerWaitsForIsNotSent()
    {
        using var host = new TcpListener(IPAddress.Loopback, 0);
        host.Server.ReceiveBufferSize = 4096;
        host.Start();
        await using var test = await SwitchUnderTest.StartAsync(
            ("Switch:Acquirers:alpha:Endpoints:0", host.LocalEndpoint.ToString()),
            ("Switch:Acquirers:alpha:Connections", "1"),
            ("Switch:Acquirers:alpha:SignOn", "false"),
            ("Switch:Acquirers:alpha:PendingMax", "65536"),
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"));
        using var stuck = await host.AcceptSocketAsync(Token);
        var services = test.Sandbox.SwitchServices;
        var alpha = services.GetRequiredService<AcquirerSet>().Find("alpha")!;
        var request = services.GetRequiredService<RequestValidator>().TryAccept(Payments.Purchase(), out _)!;
        var isNotSent = 0;
        for (var number = 1; number <= 40_000; number++) _ = SendAsync();

        // Far below the reply time-out: what is behind the full socket is given back, what is in it is not.
        await Eventually.TrueAsync(
            () => Volatile.Read(ref isNotSent) == 1, "withdrawn", TimeSpan.FromSeconds(10), Token);

        async Task SendAsync()
        {
            var attempt = alpha.Prepare(request, new TransactionEvent(), 1);
            var result = await alpha.SendAsync(request, attempt, TimeSpan.FromMilliseconds(500));
            if (result.IsOutOfTime) Volatile.Write(ref isNotSent, 1);
        }
    }

    /// <summary>The real acquirer; the clock leaps at one moment of its next attempt.</summary>
    private sealed class SlowAcquirer(IAcquirer acquirer, string moment, LeapingClock clock) : IAcquirer
    {
        public string Name => acquirer.Name;

        public CandidateStatus Status => acquirer.Status;

        public TimeSpan ReplyTimeout
        {
            get
            {
                if (moment == nameof(ReplyTimeout)) clock.Leap();
                return acquirer.ReplyTimeout;
            }
        }

        public AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number)
        {
            if (moment == nameof(Prepare)) clock.Leap();
            return acquirer.Prepare(request, draft, number);
        }

        public ValueTask<AttemptResult> SendAsync(PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy) =>
            acquirer.SendAsync(request, attempt, sendBy);

        public ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat) =>
            acquirer.ReverseAsync(reversal, isRepeat);
    }

    /// <summary>The system's clock, but once it is armed its monotonic side leaps ahead, once.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _armed;
        private long _ahead;

        public void Arm(TimeSpan by) => Volatile.Write(ref _armed, by.Ticks);

        public void Leap() => Interlocked.Add(ref _ahead, Interlocked.Exchange(ref _armed, 0));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Volatile.Read(ref _ahead);
    }
}
