using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private const string A = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string B = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    private const string C = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";
    private const string D = "YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8=";

    private readonly string _folder = Directory.CreateTempSubdirectory("switch-keys-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "keys.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CreateFile_Fresh_LoadsAndBelongsToItsOwnerAlone()
    {
        KeyRing.CreateFile(Path);
        var ring = KeyRing.Load(Path);
        Assert.Equal("seal-1", ring.Active(KeyPurpose.Seal).Id);
        Assert.Equal("token-1", ring.Active(KeyPurpose.Token).Id);
        Assert.Equal("identity-1", ring.Active(KeyPurpose.Identity).Id);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Throws<IOException>(() => KeyRing.CreateFile(Path));
    }

    [Fact]
    public void Load_TwoKeysOfAPurpose_FirstIsActiveAndBothAreFound()
    {
        Write(Json(("s2", "seal", D), ("s1", "seal", A), ("t", "token", B), ("i", "identity", C)));
        var ring = KeyRing.Load(Path);
        Assert.Equal("s2", ring.Active(KeyPurpose.Seal).Id);
        Assert.True(ring.TryFind(KeyPurpose.Seal, "s1", out _));
        Assert.True(ring.TryFind(KeyPurpose.Seal, "s2", out _));
        Assert.False(ring.TryFind(KeyPurpose.Token, "s1", out _));
    }

    [Fact]
    public void Load_ManyFaults_NamesEachOne()
    {
        Write($$"""
            {"keys":[
              {"id":"s","purpose":"seal","key":"{{A}}"},
              {"id":"s","purpose":"seal","key":"{{B}}"},
              {"id":"x","purpose":"signing","key":"{{C}}"},
              {"id":"short","purpose":"token","key":"AAAA"},
              {"id":"","purpose":"token","key":"not base64!"},
              {"id":"same","purpose":"token","key":"{{A}}"},
              {"id":"zero","purpose":"token","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
              {"id":"extra","purpose":"token","key":"{{D}}","expires":"never"},
              7
            ],"comment":""}
            """);
        var faults = Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).Faults;
        string[] expected =
        [
            "has an unknown property 'comment'",
            "keys[1].id 's' stands twice",
            "keys[2].purpose wants one of seal, token, identity",
            "keys[3].key is 3 bytes long, wanted 32",
            "keys[4].id wants 1 to 32 letters, digits, '.', '_' or '-'",
            "keys[4].key wants base64",
            "keys[5].key is the same key as 's'",
            "keys[6].key is all zeros",
            "keys[7] has an unknown property 'expires'",
            "keys[8] is no object",
            "has no key with purpose 'identity'",
        ];
        Assert.Equal(expected, faults);
    }

    [Theory]
    [InlineData("", "is no valid JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{}", "has no array 'keys'")]
    [InlineData("{\"keys\":[],\"keys\":[]}", "has a property twice")]
    [InlineData("{\"keys\":[]", "is no valid JSON")]
    public void Load_NotAKeyFile_NamesTheFault(string text, string expected)
    {
        Write(text);
        var fault = Assert.Single(Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).Faults);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_NamesTheFault() =>
        Assert.Contains("cannot be read", Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_HugeFile_IsNotRead()
    {
        Write(new string(' ', 100_000));
        Assert.Contains("is longer than", Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.GroupWrite, false)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.GroupExecute, false)]
    [InlineData(UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.OtherWrite, false)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.OtherRead, false)]
    public void Load_OthersMayUseTheFile_IsAFault_UnlessTheGroupAloneMayReadItAndThatIsAllowed(
        UnixFileMode more, bool mayBeAllowed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions.");
        KeyRing.CreateFile(Path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | more);
        Assert.Contains("permissions", FaultOfStart(groupReadable: false), StringComparison.Ordinal);
        if (mayBeAllowed) Assert.Null(FaultOfStart(groupReadable: true));
        else Assert.Contains("permissions", FaultOfStart(groupReadable: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyInTheWrongPlace_NoFaultQuotesIt()
    {
        Write($$"""{"keys":[{"id":"{{A}}","purpose":"{{B}}","key":"{{C}}="}],"{{D}}":0}""");
        var message = Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).Message;
        foreach (var key in new[] { A, B, C, D }) Assert.DoesNotContain(key[..10], message, StringComparison.Ordinal);
        Write($$"""{"keys": {{A}} }""");
        message = Assert.Throws<KeyFileException>(() => KeyRing.Load(Path)).ToString();
        Assert.DoesNotContain(A[..6], message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Key_ShowsItsIdAlone()
    {
        var key = KeyFiles.Key("seal-9", KeyPurpose.Seal);
        Assert.Equal("Seal key seal-9", key.ToString());
        Assert.Equal("""{"Id":"seal-9","Purpose":0}""", System.Text.Json.JsonSerializer.Serialize(key));
    }

    private static string Json(params (string Id, string Purpose, string Key)[] keys)
    {
        var array = new JsonArray();
        foreach (var (id, purpose, key) in keys)
            array.Add(new JsonObject { ["id"] = id, ["purpose"] = purpose, ["key"] = key });
        return new JsonObject { ["keys"] = array }.ToJsonString();
    }

    private string? FaultOfStart(bool groupReadable)
    {
        var files = new ServiceFileOptions { Keys = Path, KeysMayBeGroupReadable = groupReadable };
        return Record.Exception(() => new ServiceCollection().AddKeys(new SwitchOptions { Files = files }))?.Message;
    }

    private void Write(string text)
    {
        File.WriteAllText(Path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
