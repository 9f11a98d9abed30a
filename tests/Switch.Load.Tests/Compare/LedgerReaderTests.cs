using Switch.Load.Compare;
using Switch.Programs;

namespace Switch.Load.Tests.Compare;

public sealed class LedgerReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Lines_OfApprovalsThatStand_AreReadAndOthersAreNot()
    {
        File.WriteAllLines(_path, [Line("A1", true, 1250), Line("A2", false, 1250), Line("A1", true, 99)]);
        var ledger = LedgerReader.Read(_path);
        Assert.Equal([1250, 99], ledger[Ids.Rrn("A1")].Select(static a => a.AmountMinor));
        Assert.Empty(ledger[Ids.Rrn("A2")]);
    }

    [Theory]
    [InlineData("{\"sequence\":1,")]
    [InlineData("{}")]
    public void Line_ThatCantBeRead_IsNoResult(string line)
    {
        File.WriteAllText(_path, line);
        Assert.Throws<HarnessException>(() => LedgerReader.Read(_path));
    }

    private static string Line(string rrn, bool stands, int amount) =>
        $"{{\"rrn\":\"{rrn}\",\"approvedMinor\":{amount},\"approvalCode\":\"123456\","
        + $"\"isUnreversedApproval\":{(stands ? "true" : "false")}}}";
}
