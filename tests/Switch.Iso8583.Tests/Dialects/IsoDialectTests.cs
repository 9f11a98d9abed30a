namespace Switch.Iso8583.Tests;

public sealed class IsoDialectTests
{
    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void S13_EmbeddedDialect_DefinesEveryField(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        for (var field = 2; field <= 128; field++) Assert.NotNull(dialect.Field(field));
        Assert.Null(dialect.Field(1));
        Assert.Null(dialect.Field(129));
        Assert.Equal([7, 11, 37, 41], dialect.MatchFields.ToArray());
    }

    [Theory]
    [InlineData(2, FieldContent.Numeric, FieldLength.LlVar, 19)]
    [InlineData(4, FieldContent.Numeric, FieldLength.Fixed, 12)]
    [InlineData(7, FieldContent.Numeric, FieldLength.Fixed, 10)]
    [InlineData(22, FieldContent.Numeric, FieldLength.Fixed, 3)]
    [InlineData(32, FieldContent.Numeric, FieldLength.LlVar, 11)]
    [InlineData(35, FieldContent.Track, FieldLength.LlVar, 37)]
    [InlineData(37, FieldContent.AlphaNumeric, FieldLength.Fixed, 12)]
    [InlineData(41, FieldContent.Text, FieldLength.Fixed, 8)]
    [InlineData(42, FieldContent.Text, FieldLength.Fixed, 15)]
    [InlineData(43, FieldContent.Text, FieldLength.Fixed, 40)]
    [InlineData(48, FieldContent.Text, FieldLength.LllVar, 999)]
    [InlineData(52, FieldContent.Binary, FieldLength.Fixed, 8)]
    [InlineData(53, FieldContent.Numeric, FieldLength.Fixed, 16)]
    [InlineData(54, FieldContent.AlphaNumeric, FieldLength.LllVar, 120)]
    [InlineData(55, FieldContent.Binary, FieldLength.LllVar, 255)]
    [InlineData(70, FieldContent.Numeric, FieldLength.Fixed, 3)]
    [InlineData(90, FieldContent.Numeric, FieldLength.Fixed, 42)]
    [InlineData(95, FieldContent.AlphaNumeric, FieldLength.Fixed, 42)]
    [InlineData(128, FieldContent.Binary, FieldLength.Fixed, 8)]
    public void S13_Field_HasItsAttributes(int field, FieldContent content, FieldLength length, int max)
    {
        foreach (var dialect in new[] { IsoDialect.Ascii1987, IsoDialect.Binary1987 })
        {
            var spec = dialect.Field(field)!;
            Assert.Equal((content, length, max), (spec.Content, spec.Length, spec.MaxLength));
        }
    }

    [Fact]
    public void Parse_Extension_OverridesAndRemovesFields()
    {
        var dialect = IsoDialect.Parse("""
            {
              "fields": { "48": { "max": 100 }, "127": null, "52": { "encoding": "binary" } },
              "name": "acquirer-a", "extends": "iso1987-ascii",
              "frame": { "header": "binary2", "tpdu": "6000010000" }
            }
            """);
        Assert.Equal(100, dialect.Field(48)!.MaxLength);
        Assert.Equal("Additional data, private", dialect.Field(48)!.Name);
        Assert.Equal(FieldEncoding.Binary, dialect.Field(52)!.Encoding);
        Assert.Null(dialect.Field(127));
        Assert.Equal(5, dialect.Frame.TpduBytes);
        Assert.Equal(4091, dialect.Frame.MaxMessageBytes);
    }

    [Fact]
    public void TryParse_ManyFaults_NamesEachWithItsPath()
    {
        var isGood = IsoDialect.TryParse("""
            {
              "name": "bad", "bitmp": "hex", "mti": "ebcdic", "bitmap": "hex",
              "frame": { "header": "ascii4", "tpdu": "60", "maxBytes": 20000 },
              "matchFields": [11, 7, 41],
              "echoFields": [200],
              "fields": {
                "1": { "content": "b", "max": 8 },
                "4": { "content": "n", "max": 12, "encoding": "binary" },
                "7": { "content": "n", "max": 10, "colour": "red" },
                "11": { "content": "n" },
                "35": { "content": "z", "length": "LLVAR", "max": 100 },
                "43": { "max": 40 },
                "44": { "content": "an", "length": "LLVAR", "max": 10, "padding": "space-right", "prefix": "ascii" }
              }
            }
            """, out var dialect, out var faults);
        Assert.False(isGood);
        Assert.Null(dialect);
        string[] expected =
        [
            "bitmp: unknown key", "mti: must be one of ascii, bcd",
            "frame.tpdu: must be empty or 10 hexadecimal digits",
            "frame.maxBytes: must be 32 to 9999", "fields.1: field numbers go from 2 to 128",
            "fields.4.encoding: content and encoding do not go together", "fields.7.colour: unknown key",
            "fields.11.max: missing", "fields.35.max: must be 1 to 99",
            "fields.35.prefix: missing, and the dialect has no default", "fields.43.content: missing",
            "fields.44.padding: only a fixed field is padded", "matchFields: numbers must ascend, 7 follows 11",
            "matchFields: field 41 is not defined", "echoFields: field 200 is not defined",
        ];
        Assert.All(expected, fault => Assert.Contains(fault, faults));
        Assert.Single(faults, fault => fault.StartsWith("mti:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"name":1,"frame":[],"fields":{"2":3},"matchFields":"7","encodings":{"x":"y"},"extends":5}""")]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("null")]
    public void TryParse_NoDialect_IsRefusedWithFaults(string json)
    {
        Assert.False(IsoDialect.TryParse(json, out _, out var faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Load_FaultyFile_ThrowsNamingFileAndFaults()
    {
        var path = Path.Combine(Path.GetTempPath(), $"dialect-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, """{ "extends": "iso1987-binary", "mti": 5 }""");
        try
        {
            var thrown = Assert.Throws<IsoDialectException>(() => IsoDialect.Resolve(path));
            Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
            Assert.Equal(["mti: must be one of ascii, bcd"], thrown.Faults);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
