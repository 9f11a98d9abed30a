namespace Switch.Service.Advices;

/// <summary>Where an advice goes after it was looked at.</summary>
internal enum AdviceEndKind
{
    /// <summary>Nobody owes it any more.</summary>
    Gone,

    /// <summary>It waits for a person.</summary>
    Parked,

    /// <summary>It is due again after a pause.</summary>
    Again,
}

/// <summary>Where an advice goes after it was looked at; all that matters of it is in the journal.</summary>
/// <param name="Kind">Where.</param>
/// <param name="Pause">How long it rests, when it is due again.</param>
/// <param name="PausesLink">The link took nothing, so nothing else of it is tried for a moment.</param>
internal readonly record struct AdviceEnd(AdviceEndKind Kind, TimeSpan Pause, bool PausesLink)
{
    public static readonly AdviceEnd Gone = new(AdviceEndKind.Gone, default, false);

    public static readonly AdviceEnd Parked = new(AdviceEndKind.Parked, default, false);

    public static AdviceEnd Again(TimeSpan pause, bool pausesLink = false) =>
        new(AdviceEndKind.Again, pause, pausesLink);
}
