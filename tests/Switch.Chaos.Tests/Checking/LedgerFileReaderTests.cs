using Switch.Chaos.Checking;

namespace Switch.Chaos.Tests.Checking;

public sealed class LedgerFileReaderTests
{
    [Fact]
    public void Read_AnEntryWrittenTwice_TheLastLineHolds()
    {
        const string Debit =
            """
            {"sequence":1,"kind":"Debit","mti":"0100","rrn":"R","stan":"000001","terminal":"T","merchant":"M",
            "amountMinor":7,"currency":"978","responseCode":"00","approvalCode":"123456","approvedMinor":7,
            "receivedAt":"2026-11-24T12:00:00+00:00","isLate":false,"isTurnedAway":false,"delivery":
            """;
        var debit = Debit.ReplaceLineEndings("");
        var lines = $$"""
            {{debit}}"Pending"}
            {"sequence":2,"kind":"Reversal","mti":"0420","rrn":"R","responseCode":"00","delivery":"Sent","original":1}
            {{debit}}"Sent","reversedBy":2}
            """;
        var entries = LedgerFileReader.Read("alpha", new StringReader(lines));
        Assert.Equal(2, entries.Count);
        Assert.True(entries[0] is { IsApproval: true, IsStanding: false, ReversedBy: 2, Delivery: "Sent" });
        Assert.Equal(7, entries[0].ApprovedMinor);
        Assert.True(entries[1] is { IsReversal: true, Original: 1, Host: "alpha" });
    }

    [Theory]
    [InlineData("{\"sequence\":1,\"ki")]
    [InlineData("{}")]
    [InlineData("")]
    public void Read_HalfALine_SaysWhere(string line)
    {
        using var lines = new StringReader(line + "\n");
        var error = Assert.Throws<InvalidDataException>(() => LedgerFileReader.Read("alpha", lines));
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }
}
