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
        const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var table = ResponseCodeTable.LoadDefault();
        var codes = Characters.SelectMany(first => Characters.Select(second => $"{first}{second}")).ToList();
        Assert.True(codes.All(ResponseCodeTable.IsCode));
        Assert.Equal(["91", "92"], codes.Where(code => table[code].RetryElsewhere));
    }

    [Fact]
    public void S14_UnknownCode_IsADeclineThatMustBeReversed()
    {
        var unknown = ResponseCodeTable.LoadDefault()["Q9"];
        Assert.Equal(Outcome.Declined, unknown.Outcome);
        Assert.False(unknown.IsKnown);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("10")]
    public void Load_UnknownCodesThatWouldBeApproved_AreAFault(string unknown)
    {
        WriteTable(unknown, own: "declined");
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path)).Message;
        Assert.Contains($"unknown: {unknown} is no decline", fault, StringComparison.Ordinal);
        WriteTable("05", own: "declined");
        Assert.False(ResponseCodeTable.Load(_path)["Q9"].IsKnown);
    }

    [Fact]
    public void Load_CodesTheSwitchDeclinesWith_ThatWouldApprove_AreFaults()
    {
        WriteTable("05", own: "approved");
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path)).Message;
        foreach (var code in (string[])["68", "91", "12", "51"])
            Assert.Contains($"codes.{code}.outcome: must be declined", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("declined")]
    [InlineData("partially_approved")]
    public void Load_TheCodeOfFullApproval_MeaningAnythingElse_IsAFault(string full)
    {
        WriteTable("05", own: "declined", full);
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path)).Message;
        Assert.Contains("codes.00.outcome: must be approved", fault, StringComparison.Ordinal);
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
    public void Load_UnknownKeysDuplicatesAndWrongTypes_AreFaultsWithTheirPaths()
    {
        File.WriteAllText(_path, """
            {
              "codes": {
                "00": { "outcome": "approved", "text": "OK" }, "00": { "outcome": "declined", "text": "NO" },
                "91": { "outcome": "declined", "text": "A", "text": "B", "retry_elswhere": true },
                "05": { "outcome": 5, "text": ["x"], "retry_elsewhere": "yes" },
                "68": "declined", "-1": { "outcome": "declined", "text": "C" }
              },
              "unknown": 5, "unkown": "05", "unknown": "00"
            }
            """);
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path)).Message;
        string[] expected =
        [
            "codes.00: is given twice", "codes.91.text: is given twice",
            "codes.91.retry_elswhere: unknown key; known here: outcome, text, retry_elsewhere",
            "codes.05.outcome: expected a text", "codes.05.text: expected a text",
            "codes.05.retry_elsewhere: expected true or false", "codes.68: expected an object", "codes.-1: a code has",
            "unknown: expected a text", "unkown: unknown key; known here: codes, unknown", "unknown: is given twice",
        ];
        Assert.All(expected, part => Assert.Contains(part, fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]", "the file: expected an object")]
    [InlineData("{}", "codes: is missing")]
    [InlineData("""{ "codes": [] }""", "codes: expected an object")]
    [InlineData("""{ "codes": {} }""", "unknown: nothing is not one of the codes")]
    public void Load_AnotherShape_IsAFault(string content, string expected)
    {
        File.WriteAllText(_path, content);
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoJson_SaysWhere()
    {
        File.WriteAllText(_path, "{ not json");
        var fault = Assert.Throws<InvalidDataException>(() => ResponseCodeTable.Load(_path));
        Assert.Contains(_path, fault.Message, StringComparison.Ordinal);
    }

    private void WriteTable(string unknown, string own, string full = "approved") => File.WriteAllText(_path, $$"""
        {
          "codes": {
            "00": { "outcome": "{{full}}", "text": "A" }, "10": { "outcome": "partially_approved", "text": "B" },
            "05": { "outcome": "declined", "text": "C" },
            "68": { "outcome": "{{own}}", "text": "D" }, "91": { "outcome": "{{own}}", "text": "E" },
            "12": { "outcome": "{{own}}", "text": "F" }, "51": { "outcome": "{{own}}", "text": "G" }
          },
          "unknown": "{{unknown}}"
        }
        """);
}
