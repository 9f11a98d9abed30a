namespace Switch.Simulation.Tests.World;

/// <summary>How one call to a port goes.</summary>
/// <param name="There">Until it takes effect.</param>
/// <param name="Back">From there to its reply.</param>
/// <param name="IsLostThere">It never takes effect.</param>
/// <param name="IsLostBack">It does, and its reply is lost.</param>
internal readonly record struct Trip(TimeSpan There, TimeSpan Back, bool IsLostThere = false, bool IsLostBack = false);

/// <summary>Makes the calls of one life to what outlives it.</summary>
internal sealed class Caller(Life life, Scheduler scheduler, Trace trace)
{
    /// <summary>
    /// Takes the effect after the way there, and ends with its reply after the way back. Ends never when the life is
    /// dead, or the call lost; whoever has time-outs adds them.
    /// </summary>
    /// <param name="step">Of the call, for the trace.</param>
    /// <param name="effect">What it does, at the moment it arrives; false: it never did arrive.</param>
    /// <param name="trip">How it goes.</param>
    public TaskCompletionSource<T> Call<T>(string step, Func<(bool Arrived, T Reply)> effect, Trip trip)
    {
        var reply = new TaskCompletionSource<T>();
        if (!life.Reach(step)) return reply;
        if (life.IsStopped) life.Do(Depart);
        else Depart();
        return reply;

        void Depart() => scheduler.After(trip.There, Arrive);

        void Arrive()
        {
            if (trip.IsLostThere)
            {
                trace.Say(life.Name, step, "lost");
                return;
            }

            var (arrived, result) = effect();
            if (!arrived || !life.Reach(step)) return;
            if (trip.IsLostBack) trace.Say(life.Name, step, "reply lost");
            else scheduler.After(trip.Back, () => life.Do(() => reply.TrySetResult(result)));
        }
    }

    /// <summary>Ends a call with that after a time, should it not have ended before.</summary>
    public void GiveUp<T>(TaskCompletionSource<T> call, TimeSpan after, T with) =>
        scheduler.After(after, () =>
        {
            if (!call.Task.IsCompleted) life.Do(() => call.TrySetResult(with));
        });
}
