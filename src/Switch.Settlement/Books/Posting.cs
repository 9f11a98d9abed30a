namespace Switch.Settlement.Books;

/// <summary>One line of an entry.</summary>
/// <param name="Account">What it is posted to.</param>
/// <param name="AmountMinor">Minor units of the entry's currency; debit is positive, credit negative.</param>
/// <param name="Rule">The fee rule that it comes from; null when it comes from the amount itself.</param>
/// <param name="RemainderMicro">
/// What rounding left: exact amount less posted amount, in millionths of a minor unit; on both lines of a pair with
/// opposite signs.
/// </param>
internal readonly record struct Posting(
    Account Account, long AmountMinor, FeeRule? Rule = null, long RemainderMicro = 0)
{
    /// <summary>The line that takes this one back, on another account if one is given.</summary>
    public Posting Contra(Account? account = null) =>
        this with { Account = account ?? Account, AmountMinor = -AmountMinor, RemainderMicro = -RemainderMicro };
}

/// <summary>A rule that made a fee, as it read when it did: a fee can be explained after the file changed.</summary>
/// <param name="Key">At most 200 characters, for example "mdr/standard/2@2026-01-01".</param>
/// <param name="Text">What it says, for a person: "1.20 % + 0.10 EUR, visa credit domestic".</param>
internal sealed record FeeRule(string Key, string Text);
