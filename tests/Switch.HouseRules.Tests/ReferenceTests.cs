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

    [Fact]
    public void PureProjects_Packages_None()
    {
        foreach (var project in WithoutPackages) Assert.Empty(References(project, "PackageReference"));
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj"))
            .Descendants(kind).Select(e => e.Attribute("Include")!.Value.Replace('\\', '/'));
}
