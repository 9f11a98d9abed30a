using Microsoft.Extensions.Time.Testing;
using Switch.Service.Hosting;
using Switch.Service.Merchants;
using Switch.Service.Tests.Routes;

namespace Switch.Service.Tests.Merchants;

public sealed class MerchantDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("merchants-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<MerchantDirectory> _log = new();

    private string File => Path.Combine(_folder, "merchants.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ChangedFile_IsInForce_AndOneThatCannotBeUsedKeepsTheOld()
    {
        Write("M1");
        using var directory = new MerchantDirectory(File, _time, _log);
        Write("M2");
        Poll();
        Assert.NotNull(directory.Current.Find("M2"));
        Assert.Null(directory.Current.Find("M1"));

        Write("");
        Poll();
        Poll();
        System.IO.File.Delete(File);
        Poll();
        Poll();
        Assert.NotNull(directory.Current.Find("M2"));
        // Each fault once, however often it is met.
        Assert.Equal([1006, 1007, 1007], _log.Entries.Select(entry => entry.Id));

        Write("M3");
        Poll();
        Assert.NotNull(directory.Current.Find("M3"));
    }

    [Fact]
    public void Start_WithoutAFile_NamesItsKey() => Assert.StartsWith(
        "Switch:Files:Merchants: ",
        Assert.Single(
            Assert.Throws<InvalidConfigurationException>(() => new MerchantDirectory(File, _time, _log)).Faults),
        StringComparison.Ordinal);

    private void Poll() => _time.Advance(TimeSpan.FromSeconds(2));

    private void Write(string id) => System.IO.File.WriteAllText(File, $"""
        merchants:
          - id: {id}
            name: Bakery
            city: Berlin
            country: DE
            mcc: "5462"
            terminals: [T1]
        """);
}
