using System.Reflection;
using Switch.Service.Tests.Routes;

namespace Switch.Service.Tests.Hosting;

/// <summary>docs/configuration.md knows every key, and no key that is not there.</summary>
public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void EveryKey_IsInTheDocument_AndEveryKeyOfTheDocumentExists()
    {
        var document = File.ReadAllLines(RepositoryFiles.PathOf("docs/configuration.md"));
        var documented = document
            .Where(line => line.StartsWith("| `Switch:", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .ToList();
        var known = new List<string>();
        Collect(typeof(SwitchOptions), SwitchOptions.Section, known);

        Assert.Equal(known.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static void Collect(Type type, string path, List<string> keys)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            var key = $"{path}:{property.Name}";
            var of = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (of.IsGenericType && of.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            {
                var value = of.GetGenericArguments()[1];
                if (value == typeof(string)) keys.Add($"{key}:<name>");
                else Collect(value, $"{key}:<name>", keys);
            }
            else if (of.IsGenericType) keys.Add($"{key}:<n>");
            else if (of.IsClass && of != typeof(string)) Collect(of, key, keys);
            else keys.Add(key);
        }
    }
}
