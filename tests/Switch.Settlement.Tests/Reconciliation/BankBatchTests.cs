using System.Xml.Linq;
using Switch.Settlement.Books;
using Switch.Settlement.Files;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Terms;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>A batch that the bank booked as one is known by the id that payouts.xml gave it.</summary>
public sealed class BankBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-batch-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batch_OfACloseByOtherTerms_IsMatched(string kind)
    {
        using var desk = new BankDesk(kind) { Terms = OutsideSepa() };

        var result = desk.Camt("a.xml", Booked(desk));

        Assert.Equal(1, result.Counts.GetValueOrDefault(MatchOutcome.Matched));
        Assert.Equal(0, desk.AllOf(Account.PayoutPayable));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batch_OfACloseThatKeptNoParties_IsKnownByTheTerms(string kind)
    {
        using var desk = new BankDesk(kind) { Terms = OutsideSepa() };
        desk.Books.Store.Execute("UPDATE closed_day SET operator_name = ''");

        var result = desk.Camt("a.xml", Booked(desk));

        Assert.Equal(1, result.Counts.GetValueOrDefault(MatchOutcome.Matched));
        Assert.Equal(0, desk.AllOf(Account.PayoutPayable));
    }

    // As the file of the close names the batch when it is asked for now.
    private string Booked(BankDesk desk)
    {
        new ClosedDayFiles(desk.Books.Store.Database, desk.Terms).WriteAll(new DateOnly(2026, 3, 2), _folder);
        var batch = XDocument.Load(Path.Combine(_folder, "2026-03-02", "payouts.xml"))
            .Descendants().Single(static e => e.Name.LocalName == "PmtInfId").Value;
        return Camt.Entry(
            "08", -desk.Payout.AmountMinor / 100m, "EUR", "R1", $"<Btch><PmtInfId>{batch}</PmtInfId></Btch>");
    }

    private static SettlementTerms OutsideSepa() => SampleTerms.Read(SampleTerms.Text
        .Replace("DE89 3704 0044 0532 0130 00", "TR33 0006 1005 1978 6457 8413 26", StringComparison.Ordinal)
        .Replace("bic: COBADEFFXXX", "bic: TCZBTR2A", StringComparison.Ordinal));
}
