using System.Globalization;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Terms;
using Switch.Settlement.Tests.Days;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Books with one closed day, and the statements that its bank sends.</summary>
internal sealed class BankDesk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-bank-").FullName;

    public BankDesk(string kind)
    {
        Books = new OpenBooks(kind);
        Terms = Books.Terms;
        Books.Sell(10_000, "2026-03-02");
        Payout = OpenBooks.PayoutOf(Books.Close("2026-03-02"));
        Owed = AllOf(Account.SchemeReceivable);
        Books.GoTo("2026-03-05");
    }

    public OpenBooks Books { get; }

    /// <summary>What statements are read by; that of the close if nothing else is set.</summary>
    public SettlementTerms Terms { get; set; }

    /// <summary>What the acquirer owes of the closed day.</summary>
    public long Owed { get; }

    /// <summary>The payout that the close ordered.</summary>
    public Payout Payout { get; }

    public ExceptionList Exceptions => new(Books.Store.Database, Books.Day);

    public ReconciliationResult Camt(string name, params string[] entries)
    {
        var sum = 0m;
        foreach (var entry in entries)
        {
            var amount = decimal.Parse(entry.Split('>')[2].Split('<')[0], CultureInfo.InvariantCulture);
            sum += entry.Contains("DBIT", StringComparison.Ordinal) ? -amount : amount;
        }

        return Run(name, Reconciliation.Camt.Statement("08", 1_000m, 1_000m + sum, "EUR", entries));
    }

    public ReconciliationResult Csv(string name, params string[] lines) => Run(
        name,
        System.Text.Encoding.UTF8.GetBytes(
            "Date,Reference,EndToEndId,Amount,Currency,Text\n" + string.Join('\n', lines) + "\n"));

    public string Receipt(string reference, string text = "ALPHA ACQUIRING 1", string date = "2026-03-05") =>
        Credit(Owed, reference, "NOTPROVIDED", text, date);

    public string Paid(string reference, string date = "2026-03-05", long off = 0) => Reconciliation.Camt.Entry(
        "08", -(Payout.AmountMinor + off) / 100m, "EUR", reference,
        Reconciliation.Camt.Transaction(Payout.Id, null, "EUR"), date: date);

    public string Returned(string reference, string text = "", string date = "2026-03-05", long off = 0) =>
        Credit(Payout.AmountMinor + off, reference, Payout.Id, text, date);

    /// <summary>What the acquirer owes of a date, closed or not.</summary>
    public long OwedOf(string date) => Books.Store.Number(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM balance "
        + "WHERE account = @account AND settle_date = @date AND entry_kind <> @bank",
        new { account = (int)Account.SchemeReceivable, date, bank = (int)EntryKind.BankMovement });

    /// <summary>What the acquirer is named by on the statement.</summary>
    public static string Alpha(long minor, string reference, string date = "2026-03-05") =>
        Credit(minor, reference, "NOTPROVIDED", "ALPHA ACQUIRING", date);

    public static string Credit(long minor, string reference, string endToEnd, string text, string date) =>
        Reconciliation.Camt.Entry(
            "08", minor / 100m, "EUR", reference, Reconciliation.Camt.Transaction(endToEnd, null, "EUR", text),
            date: date);

    public long AllOf(Account account) => Books.Store.Number(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM balance WHERE account = @account",
        new { account = (int)account });

    public void Dispose()
    {
        Books.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ReconciliationResult Run(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return new BankReconciler(Books.Store.Database, Terms, Books.Day).Run(path);
    }
}
