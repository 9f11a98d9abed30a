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

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Report_OneReceiptForTwoDates_IsSharedTheSameWhateverIsAskedFor(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Sell(20_000, "2026-03-03");
        desk.Books.Close("2026-03-03");
        var next = desk.OwedOf("2026-03-03");
        desk.Camt("a.xml", BankDesk.Alpha(desk.Owed + next, "R1"));
        var report = new ThreeWayReport(desk.Books.Store.Database);

        Assert.Equal(desk.Owed, Assert.Single(report.Read(Day, Day)).BankMinor);
        Assert.Equal(next, Assert.Single(report.Read(Day.AddDays(1), Day.AddDays(1))).BankMinor);
        Assert.Equal([desk.Owed, next], report.Read(Day, Day.AddDays(1)).Select(static one => one.BankMinor ?? 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Report_DateThatNetsToZero_AgreesWithoutAReceipt(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Reverse(desk.Books.Sell(5_000, "2026-03-03"));
        desk.Books.Close("2026-03-03");
        Import(desk, Day.AddDays(1));

        var zero = Assert.Single(new ThreeWayReport(desk.Books.Store.Database).Read(Day.AddDays(1), Day.AddDays(1)));

        Assert.Equal((0L, 0L, null), (zero.BooksMinor, zero.FileMinor, zero.BankMinor));
        Assert.Equal(ThreeWayVerdict.Agree, zero.Verdict);
        // A file that says otherwise may still be paid.
        Assert.Equal(ThreeWayVerdict.NoReceipt, (zero with { FileMinor = 1 }).Verdict);
    }

    private static ThreeWay Read(BankDesk desk) =>
        Assert.Single(new ThreeWayReport(desk.Books.Store.Database).Read(Day, Day.AddDays(9)));

    private void Import(BankDesk desk, DateOnly date, params LedgerEntry[] entries)
    {
        var path = Path.Combine(_folder, $"alpha-{date:yyyyMMdd}.csv");
        using (var stream = File.Create(path))
            AcquirerFile.Write(entries, "alpha", date, AcquirerFilePlan.Honest, stream);
        Assert.Empty(new AcquirerReconciler(desk.Books.Store.Database, desk.Books.Terms, desk.Books.Day)
            .Run(path, "alpha").Faults);
    }

    private void Import(BankDesk desk, long minor) => Import(desk, Day, new LedgerEntry
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
    });
}
