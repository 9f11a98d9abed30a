using Switch.Chaos.Checking;
using Switch.Programs;

namespace Switch.Chaos.Terminals;

/// <summary>
/// One payment from the card to the receipt, as a real terminal does it: the same key and payload until a final answer,
/// at whatever instance, with back-off that honours what the switch asks for.
/// </summary>
internal sealed class Terminal
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(2);
    private readonly TerminalCalls _calls;
    private readonly Random _random;
    private readonly CancellationToken _giveUp;

    /// <param name="calls">Its connections.</param>
    /// <param name="seed">Of its own draws: payments run side by side.</param>
    /// <param name="giveUp">The run is over and the wait for quiet too.</param>
    public Terminal(TerminalCalls calls, int seed, CancellationToken giveUp)
    {
        _calls = calls;
        _random = new Random(seed);
        _giveUp = giveUp;
    }

    /// <summary>What the cardholder waits for. Returns what the terminal does about it later, or null.</summary>
    public async Task<Func<Task>?> PayAsync(Payment payment)
    {
        switch (payment.Story)
        {
            case Story.ReversesFirst:
                await ReverseAsync(payment);
                if (_random.Next(2) == 0) await RunClock.TryDelay(Milliseconds(0, 1000), _giveUp);
                await AuthorizeAsync(payment);
                return null;
            case Story.ReversesUnanswered:
                await HangUpAsync(payment);
                await ReverseAsync(payment);
                return null;
            case Story.AsksTwice:
                await AskTwiceAsync(payment);
                return null;
        }

        return await AuthorizeAsync(payment) is { } answer && payment.Story != Story.Plain
            ? () => FollowUpAsync(payment, answer)
            : null;
    }

    private async Task FollowUpAsync(Payment payment, Answer answer)
    {
        if (payment.Story is Story.Reverses or Story.ReversesAndAsksAgain && answer.IsApproved)
        {
            await RunClock.TryDelay(Milliseconds(0, 2000), _giveUp);
            await ReverseAsync(payment);
        }

        if (payment.Story is Story.AsksAgain or Story.ReversesAndAsksAgain)
        {
            await RunClock.TryDelay(Milliseconds(200, 8000), _giveUp);
            await AuthorizeAsync(payment);
        }
    }

    private async Task<Answer?> AuthorizeAsync(Payment payment) =>
        (await RepeatAsync(() => _calls.AuthorizeAsync(payment, Somewhere()))).Answer is { IsFinal: true } answer
            ? answer
            : null;

    private Task<Call> ReverseAsync(Payment payment) => RepeatAsync(() => _calls.ReverseAsync(payment, Somewhere()));

    private async Task<Call> RepeatAsync(Func<Task<CallResult>> ask)
    {
        for (var backOff = BackOffMin; ; backOff = backOff * 2 > BackOffMax ? BackOffMax : backOff * 2)
        {
            var result = await ask();
            if (result.Call is { Answer.IsFinal: true } or { IsAcceptedReversal: true } || !result.MayRetry)
                return result.Call;

            var wait = result.RetryAfter > backOff ? result.RetryAfter : backOff;
            if (!await RunClock.TryDelay(wait * (1 + (_random.NextDouble() / 4)), _giveUp)) return result.Call;
        }
    }

    // The cable is pulled: at any moment from before the request arrives to after it is answered.
    private async Task HangUpAsync(Payment payment)
    {
        using var hangUp = new CancellationTokenSource(Milliseconds(0, 60), TimeProvider.System);
        await _calls.AuthorizeAsync(payment, Somewhere(), hangUp.Token);
    }

    private async Task AskTwiceAsync(Payment payment)
    {
        var first = Somewhere();
        var second = _calls.Instances == 1 || _random.Next(3) == 0 ? first : (first + 1) % _calls.Instances;
        await Task.WhenAll(_calls.AuthorizeAsync(payment, first), _calls.AuthorizeAsync(payment, second));
        // Whatever the two led to, the terminal wants to know.
        await AuthorizeAsync(payment);
    }

    private int Somewhere() => _random.Next(_calls.Instances);

    private TimeSpan Milliseconds(int from, int to) => TimeSpan.FromMilliseconds(_random.Next(from, to));
}
