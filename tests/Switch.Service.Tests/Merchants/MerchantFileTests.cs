using Switch.Service.Authorization;
using Switch.Service.Merchants;

namespace Switch.Service.Tests.Merchants;

public sealed class MerchantFileTests
{
    private const string Good = """
        merchants:
          - id: M1
            name: Bakery
            city: Berlin
            country: DE
            mcc: "5462"
            terminals: [T1, T2]
        """;

    [Fact]
    public void TryRead_GoodFile_AdmitsItsTerminalsOnly()
    {
        var register = MerchantFile.TryRead(Good, out _)!;
        Assert.Null(register.TryAdmit("M1", "T2", out var merchant));
        Assert.Equal("Bakery                   Berlin       DE", merchant!.NameAndLocation);
        Assert.Same(Refusal.TerminalUnknown, register.TryAdmit("M1", "T3", out _));
        Assert.Same(Refusal.MerchantUnknown, register.TryAdmit("M2", "T1", out _));
    }

    [Theory]
    [InlineData("mcc: \"5462\"", "mcc: 54", "merchants[0].mcc")]
    [InlineData("country: DE", "country: Germany", "merchants[0].country")]
    [InlineData("[T1, T2]", "[T12345678]", "longer than 8")]
    [InlineData("[T1, T2]", "[]", "merchants[0].terminals")]
    [InlineData("name: Bakery", "name: Bäckerei", "not printable ASCII")]
    [InlineData("name: Bakery", "nmae: Bakery", "line 3")]
    [InlineData("id: M1", "id: [1, 2]", "line 2")]
    [InlineData("id: M1", "id:", "merchants[0].id")]
    [InlineData("[T1, T2]", "", "merchants[0].terminals")]
    [InlineData("[T1, T2]", "[T1, ~]", "merchants[0].terminals")]
    [InlineData("id: M1", "id: ' M1'", "begins or ends with a space")]
    [InlineData("[T1, T2]", "[T1, 'T2 ']", "begins or ends with a space")]
    public void TryRead_BadFile_NamesTheFault(string from, string to, string expected)
    {
        Assert.Null(MerchantFile.TryRead(Good.Replace(from, to, StringComparison.Ordinal), out var faults));
        Assert.Contains(faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void TryRead_MerchantTwice_IsAFault()
    {
        var twice = Good + "\n" + string.Join('\n', Good.Split('\n').Skip(1));
        Assert.Null(MerchantFile.TryRead(twice, out var faults));
        Assert.Contains(faults, fault => fault.Contains("listed twice", StringComparison.Ordinal));
    }
}
