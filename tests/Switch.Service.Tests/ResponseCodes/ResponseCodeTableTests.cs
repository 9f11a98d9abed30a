using Switch.Contracts.V1;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Tests.ResponseCodes;

public sealed class ResponseCodeTableTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void S14_DefaultTable_KnowsEveryCodeOfTheRule()
    {
        var table = ResponseCodeTable.LoadDefault();
        string[] codes =
        [
            "00", "05", "10", "12", "13", "14", "30", "41", "43", "51", "54", "55", "57", "58", "61", "65", "68", "75",
            "91",
            "94", "95", "96",
        ];
        foreach (var code in codes)
        {
            Assert.True(table[code].IsKnown, code);
            Assert.Equal(code, table[code].Code);
            Assert.InRange(table[code].TerminalText.Length, 1, 40);
        }

        Assert.Equal(Outcome.Approved, table["00"].Outcome);
        Assert.Equal(Outcome.PartiallyApproved, table["10"].Outcome);
        Assert.All(codes.Except(["00", "10"]), code => Assert.Equal(Outcome.Declined, table[code].Outcome));
    }

    [Fact]
    public void S14_RetryElsewhere_Is91And92Only()
    {
        var table = ResponseCodeTable.LoadDefault();
        Assert.True(table["91"].RetryElsewhere);
        Assert.False(table["51"].RetryElsewhere);
        Assert.False(table["96"].RetryElsewhere);
    }

    [Fact]
    public void S14_UnknownCode_IsADeclineThatMustBeReversed()
    {
        var unknown = ResponseCodeTable.LoadDefault()["Q9"];
        Assert.Equal(Outcome.Declined, unknown.Outcome);
        Assert.False(unknown.IsKnown);
    }

    [Fact]
    public void Load_BadTable_NamesEveryFault()
    {
        File.WriteAllText(_path, """
            {
              "codes": { "00": { "outcome": "yes", "text": "OK" }, "123": { "outcome": "declined", "text": "" } },
              "unknown": "77"
            }
            """);
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path)).Message;
        string[] expected =
            ["codes.00.outcome", "codes.123: a code has two", "codes.123.text", "68 is missing", "unknown: 77"];
        Assert.All(expected, part => Assert.Contains(part, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_NoJson_SaysWhere()
    {
        File.WriteAllText(_path, "{ not json");
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path));
        Assert.Contains(_path, fault.Message, StringComparison.Ordinal);
    }
}
