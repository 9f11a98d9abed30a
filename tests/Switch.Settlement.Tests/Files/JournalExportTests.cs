using CsvHelper;
using Switch.Settlement.Books;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class JournalExportTests
{
    private static readonly JournalLine[] Lines =
    [
        Line(Account.SchemeReceivable, 1290),
        Line(Account.MerchantPayable, -1260),
        Line(Account.FeeIncome, -25),
        Line(Account.VatPayable, -5),
        Line(Account.Bank, -9800) with { Currency = "JPY", Document = "2", Text = "@payout" },
        Line(Account.PayoutPayable, 9800) with { Currency = "JPY", Document = "2", Kind = EntryKind.BankMovement },
    ];

    [Fact]
    public void Journal_OfTheSample_IsTheGoldenFile() =>
        GoldenFile.Check("journal.csv", stream => JournalExport.Write(Lines, stream));

    [Fact]
    public void Journal_DebitsAndCredits_AreEqualInTheFile()
    {
        using var csv = CsvReader.Create(GoldenFile.Bytes(s => JournalExport.Write(Lines, s)));
        var sums = new Dictionary<string, decimal>();
        while (csv.Read())
        {
            var debit = csv["debit"].IsEmpty ? 0 : csv["debit"].Parse<decimal>();
            var credit = csv["credit"].IsEmpty ? 0 : csv["credit"].Parse<decimal>();
            Assert.True(debit >= 0 && credit >= 0);
            sums[csv.GetString("currency")] = sums.GetValueOrDefault(csv.GetString("currency")) + debit - credit;
        }

        Assert.Equal(2, sums.Count);
        Assert.All(sums.Values, sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void Journal_ThatDoesNotAddUp_LeavesTheOldFile()
    {
        var folder = Directory.CreateTempSubdirectory("switch-journal-").FullName;
        var path = Path.Combine(folder, "journal.csv");
        AtomicFile.Write(path, stream => JournalExport.Write(Lines, stream));
        var before = File.ReadAllBytes(path);

        var fault = Assert.Throws<InvalidDataException>(
            () => AtomicFile.Write(path, stream => JournalExport.Write(Lines[1..], stream)));

        Assert.Contains("EUR", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Directory.Delete(folder, recursive: true);
    }

    private static JournalLine Line(Account account, long minor) => new(
        "1", Samples.Day, account, "EUR", minor, "acme", "M000000000001", EntryKind.Sale, "600112345602");
}
