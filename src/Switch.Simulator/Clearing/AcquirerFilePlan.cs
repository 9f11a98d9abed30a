namespace Switch.Simulator;

/// <summary>What is wrong on purpose in an acquirer's file.</summary>
public enum PlantedKind
{
    /// <summary>A movement of the ledger that the file lacks.</summary>
    MissingLine,

    /// <summary>A line that the ledger knows nothing of.</summary>
    ExtraLine,

    /// <summary>A line whose amount is another than the ledger's.</summary>
    AmountOff,

    /// <summary>A line whose currency is another than the ledger's.</summary>
    CurrencyOff,

    /// <summary>A line that is there twice.</summary>
    Duplicate,

    /// <summary>A line on another date, one or two days off.</summary>
    ShiftedDate,
}

/// <summary>One difference that was planted.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Rrn">Of which payment; of an extra line its own.</param>
/// <param name="IsCredit">Whether money goes to the cardholder: a refund or the reversal of a purchase.</param>
public sealed record PlantedDifference(PlantedKind Kind, string Rrn, bool IsCredit);

/// <summary>What to plant. The same seed plants the same in the same ledger.</summary>
/// <param name="Seed">Seed of every choice.</param>
/// <param name="Differences">
/// How many differences to plant; a payment gets one at most, so that fewer are planted in a small ledger.
/// </param>
/// <param name="AmountOffMinor">The least that an amount is off by, minor units, from 1.</param>
public sealed record AcquirerFilePlan(int Seed, int Differences, long AmountOffMinor = 1)
{
    /// <summary>An honest file.</summary>
    public static AcquirerFilePlan Honest { get; } = new(0, 0);
}
