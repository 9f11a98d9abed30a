using Switch.Settlement.Days;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Commands;

/// <summary>
/// What a verb works with: the open books, the terms, the business day, and where it says what it did.
/// </summary>
internal sealed class Desk(
    SettlementOptions options, SettlementDatabase database, SettlementTerms terms, BusinessDay day, TextWriter output,
    TextWriter error) : IDisposable
{
    public SettlementOptions Options => options;

    public SettlementDatabase Database => database;

    public SettlementTerms Terms => terms;

    public BusinessDay Day => day;

    public TextWriter Output => output;

    /// <summary>Ends a verb that was refused: every reason on standard error.</summary>
    /// <returns>The exit status.</returns>
    public int Refuse(params IEnumerable<string> reasons)
    {
        foreach (var reason in reasons) error.WriteLine(reason);
        return SettlementCommand.Refused;
    }

    public void Dispose() => database.Dispose();
}
