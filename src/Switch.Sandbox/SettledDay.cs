using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Store;

namespace Switch.Sandbox;

/// <summary>What settlement made of the demonstration.</summary>
/// <param name="Date">The business date that was closed.</param>
/// <param name="Settled">Payments that stand: their approval is in the books, and was not taken back.</param>
/// <param name="Balance">The trial balance, from the lines themselves.</param>
/// <param name="Exceptions">What the acquirers' files and the books do not agree on.</param>
/// <param name="Statement">The statement that is shown: that of the merchant with the most lines.</param>
internal sealed record SettledDay(
    DateOnly Date, long Settled, TrialBalance Balance, IReadOnlyList<OpenException> Exceptions, Statement? Statement)
{
    private const string SettledSql = "SELECT COUNT(*) FROM payment WHERE stage = @posted";

    public static SettledDay Read(SettlementDatabase database, BusinessDay day, ClosedDayFiles files, DateOnly date)
    {
        using var connection = database.OpenConnection();
        return new SettledDay(
            date,
            connection.ExecuteScalar<long>(SettledSql, new { posted = (int)PaymentStage.Posted }),
            TrialBalance.ReadBoth(database).Lines,
            new ExceptionList(database, day).Open(),
            files.ReadStatements(date).MaxBy(static statement => statement.Lines.Count));
    }
}
