using System.Security.Cryptography;
using System.Text;
using Switch.Settlement.Books;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class ClearingFileTests
{
    [Fact]
    public void Clearing_OfTheSample_IsTheGoldenFile() => GoldenFile.Check(
        "clearing.csv", stream => Assert.Equal(5, ClearingFile.Write(Samples.Header, Samples.Clearing(), stream)));

    [Fact]
    public void Clearing_Trailer_IsTheDigestOfEveryByteBefore()
    {
        var bytes = GoldenFile.Bytes(stream => ClearingFile.Write(Samples.Header, Samples.Clearing(), stream));
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var before = bytes[..^(lines[^1].Length + 1)];

        Assert.Equal($"T,5,{Convert.ToHexStringLower(SHA256.HashData(before))}", lines[^1]);
    }

    [Fact]
    public void Clearing_Totals_AreOfTheirCurrency()
    {
        var text = Encoding.UTF8.GetString(
            GoldenFile.Bytes(stream => ClearingFile.Write(Samples.Header, Samples.Clearing(), stream)));

        Assert.Contains("\nC,EUR,4,1235857,1790\n", text, StringComparison.Ordinal);
        Assert.Contains("\nC,JPY,1,9800,0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Clearing_WithoutMovements_HasHeaderAndTrailer()
    {
        var text = Encoding.UTF8.GetString(GoldenFile.Bytes(s => ClearingFile.Write(Samples.Header, [], s)));
        Assert.Equal(["H", "T"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[..1]));
    }

    [Fact]
    public void Summary_InAnyOrder_IsTheGoldenFile()
    {
        SummaryFigure[] figures =
        [
            Figure(EntryKind.Sale, Account.SchemeReceivable, 2, 1_235_857),
            Figure(EntryKind.Sale, Account.MerchantPayable, 4, -1_218_197),
            Figure(EntryKind.Sale, Account.FeeIncome, 2, -14_840),
            Figure(EntryKind.Sale, Account.VatPayable, 2, -2_820),
            Figure(EntryKind.Refund, Account.SchemeReceivable, 1, -500),
            Figure(EntryKind.Refund, Account.MerchantPayable, 1, 500),
            Figure(EntryKind.Sale, Account.SchemeReceivable, 1, 9_800) with { Currency = "JPY" },
            Figure(EntryKind.Sale, Account.MerchantPayable, 1, -9_800) with { Currency = "JPY" },
        ];
        GoldenFile.Check("summary.csv", s => SettlementSummary.Write(Samples.Header, figures, s));
        Assert.Equal(
            GoldenFile.Bytes(s => SettlementSummary.Write(Samples.Header, figures, s)),
            GoldenFile.Bytes(s => SettlementSummary.Write(Samples.Header, figures.Reverse(), s)));
    }

    private static SummaryFigure Figure(EntryKind kind, Account account, long entries, long minor) =>
        new("acme", "EUR", Samples.Day, kind, account, entries, minor);
}
