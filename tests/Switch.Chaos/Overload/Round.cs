namespace Switch.Chaos.Overload;

/// <summary>One round through one door, in numbers.</summary>
internal sealed record Round
{
    public required string Door { get; init; }

    /// <summary>Final answers a second with as many callers as there are places inside.</summary>
    public required double PeakPerSecond { get; init; }

    /// <summary>Requests a second at three times the peak that were really begun.</summary>
    public required double OfferedPerSecond { get; init; }

    public required double GoodputPerSecond { get; init; }

    public required int Shed { get; init; }

    /// <summary>Replies in the overload that are neither final nor a refusal as the contract has it.</summary>
    public required SortedDictionary<string, int> Others { get; init; }

    public required double ShedClientP50Ms { get; init; }

    public required double ShedClientP99Ms { get; init; }

    public required RefusalTimes ShedServer { get; init; }

    public required double LateShare { get; init; }

    /// <summary>Refused in the first second after the load fell to half the peak, and later.</summary>
    public required int RefusedInFirstSecond { get; init; }

    public required int RefusedLater { get; init; }

    /// <summary>Begun after that second, and answered finally.</summary>
    public required int BegunLater { get; init; }

    public required int GoodLater { get; init; }

    /// <summary>The generator did not keep its schedule.</summary>
    public required bool IsVoid { get; init; }

    public double GoodputRatio => GoodputPerSecond / PeakPerSecond;

    public double OfferedRatio => OfferedPerSecond / PeakPerSecond;

    /// <summary>
    /// Refusals do not go on. One in a hundred is let pass: where cores are shared the whole switch may stand still for
    /// longer than its places last.
    /// </summary>
    public bool Recovered => RefusedLater <= BegunLater * 0.01;

    public double RecoveredGoodputShare => BegunLater > 0 ? (double)GoodLater / BegunLater : 0;

    public static Round Of(
        string door, IReadOnlyList<Sample> samples, double peak, Stretch over, Stretch fallen, RefusalTimes server,
        TimeSpan ramp)
    {
        var overload = samples.Where(s => s.Due >= over.Begin && s.Due < over.End).ToList();
        var shed = overload.Where(static s => s.Reply.IsShed).Select(static s => s.Took.TotalMilliseconds)
            .Order().ToList();
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var sample in overload.Where(static s => !s.Reply.IsShed && !s.Reply.IsGood))
            others[sample.Reply.Name] = others.GetValueOrDefault(sample.Reply.Name) + 1;
        var second = fallen.Begin + TimeSpan.FromSeconds(1);
        var after = samples.Where(s => s.Due >= fallen.Begin).ToList();
        var later = after.Where(s => s.Due >= second).ToList();
        return new Round
        {
            Door = door,
            PeakPerSecond = peak,
            OfferedPerSecond = overload.Count / over.Seconds,
            GoodputPerSecond = PerSecond(samples, over.Begin + ramp, over.End),
            Shed = shed.Count,
            Others = others,
            ShedClientP50Ms = Percentile(shed, 0.50),
            ShedClientP99Ms = Percentile(shed, 0.99),
            ShedServer = server,
            LateShare = (double)(over.Late + fallen.Late) / (over.Due + fallen.Due),
            RefusedInFirstSecond = after.Count(s => s.Due < second && !s.Reply.IsGood),
            RefusedLater = later.Count(static s => !s.Reply.IsGood),
            BegunLater = later.Count,
            GoodLater = later.Count(static s => s.Reply.IsGood),
            IsVoid = over.IsVoid || fallen.IsVoid,
        };
    }

    /// <summary>Final answers that came between two times.</summary>
    public static double PerSecond(IReadOnlyList<Sample> samples, TimeSpan from, TimeSpan to) =>
        samples.Count(s => s.Reply.IsGood && s.Ended >= from && s.Ended < to) / (to - from).TotalSeconds;

    private static double Percentile(List<double> ordered, double share) =>
        ordered.Count == 0 ? 0 : ordered[(int)(share * (ordered.Count - 1))];
}
