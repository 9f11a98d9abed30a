using System.Xml.Linq;

namespace Switch.HouseRules.Tests;

/// <summary>Who may know whom: an arrow that docs/architecture.md does not draw fails here.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Switch.Contracts"] = [],
        ["Switch.Routing"] = [],
        ["Switch.Iso8583"] = [],
        ["Switch.Service"] = ["Switch.Contracts", "Switch.Routing", "Switch.Iso8583"],
        ["Switch.Settlement"] = ["Switch.Contracts"],
        ["Switch.Portal"] = ["Switch.Contracts"],
        ["Switch.Simulator"] = ["Switch.Contracts", "Switch.Iso8583"],
        ["Switch.Sandbox"] =
        [
            "Switch.Contracts", "Switch.Routing", "Switch.Iso8583", "Switch.Service", "Switch.Simulator",
            "Switch.Settlement",
        ],
    };

    // The chaos run starts programs and judges them: it is compiled against the public contract alone. What it only
    // needs built (ReferenceOutputAssembly="false") is no arrow.
    private static readonly Dictionary<string, string[]> AllowedInChaos = new()
    {
        ["Switch.Programs"] = [],
        ["Switch.Chaos"] = ["Switch.Contracts", "Switch.Programs"],
        ["Switch.Chaos.BrokenSwitch"] = ["Switch.Service", "Switch.BrokenVariants"],
        ["Switch.Chaos.Tests"] = ["Switch.Chaos"],
    };

    // The load tool asks over the public contract; what it is compared with speaks to the acquirer with the same code.
    private static readonly Dictionary<string, string[]> AllowedInBench = new()
    {
        ["Switch.Benchmarks"] = ["Switch.Routing", "Switch.Iso8583"],
        ["Switch.Baselines"] = ["Switch.Contracts", "Switch.Iso8583"],
        ["Switch.Load"] = ["Switch.Contracts", "Switch.Programs"],
    };

    // The pure core and the wire library stand on the framework alone.
    private static readonly string[] WithoutPackages = ["Switch.Routing", "Switch.Iso8583"];

    public static TheoryData<string> Projects() =>
        new(Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)!);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatTheHouseAllows(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is in no plan: add it to docs/architecture.md and here");
        Assert.Empty(
            References(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(Allowed[project]));
    }

    [Theory]
    [InlineData("Switch.Programs")]
    [InlineData("Switch.Chaos")]
    [InlineData("Switch.Chaos.BrokenSwitch")]
    [InlineData("Switch.Chaos.Tests")]
    public void ChaosProject_References_OnlyWhatTheHouseAllows(string project) =>
        Assert.Empty(References(project, "ProjectReference", "tests").Select(Path.GetFileNameWithoutExtension)
            .Except(AllowedInChaos[project]));

    [Theory]
    [InlineData("Switch.Benchmarks")]
    [InlineData("Switch.Baselines")]
    [InlineData("Switch.Load")]
    public void BenchProject_References_OnlyWhatTheHouseAllows(string project) =>
        Assert.Empty(References(project, "ProjectReference", "bench").Select(Path.GetFileNameWithoutExtension)
            .Except(AllowedInBench[project]));

    [Fact]
    public void PureProjects_Packages_None()
    {
        foreach (var project in WithoutPackages) Assert.Empty(References(project, "PackageReference"));
    }

    private static IEnumerable<string> References(string project, string kind, string folder = "src") =>
        XDocument.Load(Repository.PathOf($"{folder}/{project}/{project}.csproj"))
            .Descendants(kind).Where(e => e.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(e => e.Attribute("Include")!.Value.Replace('\\', '/'));
}
