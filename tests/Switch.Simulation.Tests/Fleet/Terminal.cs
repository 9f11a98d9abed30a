using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>
/// Terminals as the rules have them: the same key at any instance until there is a final answer, pauses in between, and
/// a reversal that is repeated until it is accepted. Each call may be lost on either way.
/// </summary>
internal sealed class Terminal(Surroundings around, IReadOnlyList<Slot> slots)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(8);

    // The deadline has passed and nothing came: the terminal's own clock says so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    private readonly Life _life = new("T", around.Scheduler, around.Trace);

    /// <summary>Begins a payment; it ends when <see cref="Payment.Errands"/> is zero.</summary>
    public void Begin(Payment payment) => _life.Do(() =>
    {
        var habit = payment.Habit;
        if (habit != Habit.ReversesBefore) _ = ErrandAsync(payment, PayAsync);
        if (habit == Habit.AsksTwice) _ = ErrandAsync(payment, PayAgainAsync);
        if (habit == Habit.ReversesDuring) _ = ErrandAsync(payment, ReverseAsync);
        if (habit is Habit.ReversesBefore) _ = ErrandAsync(payment, ReverseFirstAsync);
        if (habit == Habit.ReversesAfter) _ = ErrandAsync(payment, ReverseAfterAsync);
    });

    private static async Task ErrandAsync(Payment payment, Func<Payment, Task> errand)
    {
        payment.Errands++;
        await errand(payment);
        payment.Errands--;
    }

    private async Task PayAsync(Payment payment)
    {
        await PauseAsync(0, 50);
        while (true)
        {
            payment.Calls++;
            var result = await CallAsync(payment, "pays", instance => instance.Payments.ExecuteAsync(
                payment.ToRequest(), CallerIdentity.Anyone, Deadline.In(Budget, instance.Life.Clock), default));
            if (result.Answer is { } answer && IsFinal(answer))
            {
                payment.Answers.Add(answer);
                around.Trace.Say("T", "knows", $"{payment.TransactionId[..4]} {answer.ResponseCode} {answer.Replayed}");
                return;
            }

            Say(payment, "pays", result.Refusal?.Reason.ToString() ?? result.Answer?.ResponseCode ?? "nothing");
            await PauseAsync(50, 1500);
        }
    }

    // Beside the first, or so much later that it has its answer.
    private async Task PayAgainAsync(Payment payment)
    {
        if (around.Scheduler.Draw(500)) await PauseAsync(0, 4000);
        await PayAsync(payment);
    }

    private async Task ReverseAsync(Payment payment)
    {
        await PauseAsync(0, 1000);
        while (true)
        {
            payment.Calls++;
            var (response, refusal) = await CallAsync(payment, "reverses", instance => instance.Reversals.ExecuteAsync(
                payment.ToReversal(), CallerIdentity.Anyone, Deadline.In(Budget, instance.Life.Clock), default));
            if (response is not null)
            {
                payment.Reversals.Add(response.State);
                around.Trace.Say("T", "reversed", $"{payment.TransactionId[..4]} {response.State}");
                return;
            }

            Say(payment, "reverses", refusal?.Reason.ToString() ?? "nothing");
            await PauseAsync(50, 1500);
        }
    }

    private async Task ReverseFirstAsync(Payment payment)
    {
        await ReverseAsync(payment);
        await PayAsync(payment);
    }

    private async Task ReverseAfterAsync(Payment payment)
    {
        while (payment.Answers.Count == 0) await PauseAsync(50, 500);
        await ReverseAsync(payment);
        // A repeat has to be told the same, whatever became of the payment.
        await PayAsync(payment);
    }

    // Nobody checks a 91 for which nothing was sent: the terminal asks again.
    private static bool IsFinal(AuthorizeResponse answer) =>
        answer is not { ResponseCode: "91", DeclinedBy: DeclinedBy.TechnicalFailure };

    private async Task<T?> CallAsync<T>(Payment payment, string what, Func<Instance, ValueTask<T>> call)
    {
        var scheduler = around.Scheduler;
        var answer = new TaskCompletionSource<T?>();
        var instance = slots[scheduler.Random.Next(slots.Count)].Current;
        var isLost = scheduler.Draw(around.Weather.TerminalTrouble);
        Say(payment, what, $"at {instance.Life.Name}");
        scheduler.After(scheduler.Between(0.2, 5), () =>
        {
            instance.Life.OnDeath(() => Break(answer));
            if (instance.Life.IsDead) Break(answer);
            else instance.Life.Do(() => _ = AnswerAsync(instance, call, isLost, answer));
        });
        scheduler.After(Patience, () => _life.Do(() => answer.TrySetResult(default)));
        return await answer.Task;
    }

    private async Task AnswerAsync<T>(
        Instance instance, Func<Instance, ValueTask<T>> call, bool isLost, TaskCompletionSource<T?> answer)
    {
        var result = await call(instance);
        if (!instance.Life.Reach("answers")) return;
        around.Scheduler.After(
            around.Scheduler.Between(0.2, 5), () => _life.Do(() => answer.TrySetResult(isLost ? default : result)));
    }

    // The connection is gone, which the terminal notices.
    private void Break<T>(TaskCompletionSource<T?> answer) =>
        around.Scheduler.After(around.Scheduler.Between(1, 20), () => _life.Do(() => answer.TrySetResult(default)));

    private Task PauseAsync(double minMs, double maxMs) =>
        Task.Delay(around.Scheduler.Between(minMs, maxMs), _life.Clock);

    private void Say(Payment payment, string what, string detail)
    {
        if (around.Trace.KeepsLines) around.Trace.Note("T", what, $"{payment.TransactionId[..4]} {detail}");
    }
}
