using System.Collections.Concurrent;
using Switch.Contracts.V1;
using Switch.Load.Doors;
using Switch.Load.Payments;

namespace Switch.Load.Runs;

/// <summary>Sends the jobs of a run, each number once, through a door.</summary>
internal sealed class JobSender
{
    private readonly Door _door;
    private readonly Mix _mix;
    private readonly PaymentGenerator _payments;
    // As many as were ever without an answer at once, which the loops bound.
    private readonly ConcurrentBag<AuthorizeRequest> _requests = [];
    private long _last = -1;

    public JobSender(Door door, Mix mix, PaymentGenerator payments)
    {
        _door = door;
        _mix = mix;
        _payments = payments;
    }

    /// <summary>Sends the next one; what goes wrong is a reply too.</summary>
    public ValueTask<Reply> SendNextAsync()
    {
        var job = _mix[Interlocked.Increment(ref _last)];
        return job.Kind == JobKind.Reverse
            ? _door.ReverseAsync(_payments.Reversal(job.Payment))
            : AskAsync(job.Payment);
    }

    private async ValueTask<Reply> AskAsync(long payment)
    {
        if (!_requests.TryTake(out var request)) request = _payments.NewRequest();
        _payments.Fill(request, payment);
        var reply = await _door.AskAsync(request);
        _requests.Add(request);
        return reply;
    }
}
