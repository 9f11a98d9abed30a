using Switch.Routing;
using Switch.Service.Acquirers;

namespace Switch.Service.Advices;

/// <summary>One advice as the queue remembers it; everything else is read from the journal when it is due.</summary>
internal sealed class AdviceEntry
{
    public required string Id { get; init; }

    public required string TransactionId { get; init; }

    /// <summary>Which attempt of the transaction; with it, the original that the acquirer knows.</summary>
    public required string Attempt { get; init; }

    public (string TransactionId, string Attempt) Original => (TransactionId, Attempt);

    public required long Sequence { get; init; }

    public required long CreatedAtMs { get; init; }

    public required AdviceLane Lane { get; init; }

    /// <summary>Transmissions of which anything may have left; with one or more the next is a repeat.</summary>
    public int Tries { get; set; }

    /// <summary>The journal says that a transmission may have left, as it must before the first byte does.</summary>
    public bool IsMarked { get; set; }

    /// <summary>Times in a row that nothing could be sent.</summary>
    public int NotSent { get; set; }

    public bool IsParked { get; set; }

    /// <summary>A transmission of it is under way.</summary>
    public bool IsTaken { get; set; }

    /// <summary>A person decides about it at this moment.</summary>
    public bool IsBeingResolved { get; set; }

    /// <summary>Another took its place while it was under way, or while a person decided about it.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Nobody owes it any more, but it may still lie among those that wait for their time.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The next advice of the same original, which waits for this one.</summary>
    public AdviceEntry? Next { get; set; }
}

/// <summary>The advices of one link that are next of their originals, by the time they are due.</summary>
internal sealed class AdviceLane
{
    public AdviceLane(string name, IAcquirer? acquirer, AcquirerOptions? options)
    {
        Name = name;
        Acquirer = acquirer;
        Options = options?.Advices ?? new AdviceOptions();
        Rules = new AdviceRules(Options);
        IsDeadEnd = acquirer is null || options?.ReversalMessage == ReversalMessageType.None;
    }

    public string Name { get; }

    /// <summary>Null when the configuration has no such acquirer any more.</summary>
    public IAcquirer? Acquirer { get; }

    public AdviceOptions Options { get; }

    public AdviceRules Rules { get; }

    /// <summary>By due time on the queue's clock, then in the order of the journal.</summary>
    public PriorityQueue<AdviceEntry, (TimeSpan Due, long Sequence)> Waiting { get; } = new();

    public int InFlight { get; set; }

    public TimeSpan PausedUntil { get; set; }

    public bool HasRoom => InFlight < Options.Window && Waiting.Count > 0;

    /// <summary>Whether a transmission has a chance; what nobody will ever take need not wait for a link.</summary>
    public bool IsOpen => IsDeadEnd || Acquirer!.Status == CandidateStatus.Available;

    private bool IsDeadEnd { get; }
}
