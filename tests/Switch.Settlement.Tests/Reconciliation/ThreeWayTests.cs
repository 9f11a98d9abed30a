using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Books, file and bank side by side.</summary>
public sealed class ThreeWayTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 3, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-three-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Report_FileAndReceiptAsInTheBooks_Agree(string kind)
    {
        using var desk = new BankDesk(kind);
        Assert.Equal(ThreeWayVerdict.NoFile, Read(desk).Verdict);
        Import(desk, 10_000);
        Assert.Equal(ThreeWayVerdict.NoReceipt, Read(desk).Verdict);
        desk.Camt("a.xml", desk.Receipt("R1"));

        var all = Read(desk);

        Assert.Equal(ThreeWayVerdict.Agree, all.Verdict);
        Assert.Equal((desk.Owed, desk.Owed, desk.Owed), (all.BooksMinor, all.FileMinor, all.BankMinor));
    }

    [Theory]
    [InlineData(10_000, -100, "BankAlone")]
    [InlineData(9_900, 0, "FileAlone")]
    [InlineData(9_900, -100, "BooksAlone")]
    [InlineData(9_900, -200, "AllDiffer")]
    public void Report_OneSaysSomethingElse_NamesIt(long listed, long off, string verdict)
    {
        using var desk = new BankDesk(TestStore.Sqlite);
        Import(desk, listed);
        desk.Camt("a.xml", BankDesk.Credit(desk.Owed + off, "R1", "", "ALPHA ACQUIRING", "2026-03-05"));
        Assert.Equal(verdict, Read(desk).Verdict.ToString());
    }

    private static ThreeWay Read(BankDesk desk) =>
        Assert.Single(new ThreeWayReport(desk.Books.Store.Database).Read(Day, Day.AddDays(9)));

    private void Import(BankDesk desk, long minor)
    {
        var path = Path.Combine(_folder, "alpha.csv");
        using (var stream = File.Create(path))
        {
            AcquirerFile.Write(
                [
                    new LedgerEntry
                    {
                        Sequence = 1,
                        Kind = LedgerKind.Debit,
                        Mti = "0200",
                        Rrn = "700000000001",
                        Stan = "000001",
                        TransmissionTime = "0302101500",
                        Terminal = "T1",
                        Merchant = "BAKERY-BERLIN",
                        AmountMinor = minor,
                        Currency = "978",
                        MaskedPan = "411111******4242",
                        ResponseCode = "00",
                        ApprovedMinor = minor,
                    },
                ],
                "alpha", Day, AcquirerFilePlan.Honest, stream);
        }

        Assert.Empty(new AcquirerReconciler(desk.Books.Store.Database, desk.Books.Terms, desk.Books.Day)
            .Run(path, "alpha").Faults);
    }
}
