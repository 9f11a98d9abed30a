using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Switch.Service.Hosting;

/// <summary>
/// Binds configuration and accepts no guess: the binder of the framework ignores what it does not know and stops at
/// the first value it can't convert. Here every unknown key, wrong type and value out of range is collected with its
/// path, and the start fails once, with all of them.
/// </summary>
internal static class StrictConfiguration
{
    /// <summary>The bound and validated options.</summary>
    /// <exception cref="InvalidConfigurationException">Something is wrong; the message lists every fault.</exception>
    public static T Bind<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var root = configuration.GetSection(section);
        var faults = new List<string>();
        CheckShape(root, typeof(T), faults);
        // The binder stops at a value that it can't convert. Without those it goes on, and the rest is checked too.
        if (faults.Count > 0) root = Without(faults, root).GetSection(section);

        var options = root.Get<T>() ?? new T();
        Validate(options, section, faults);
        return faults.Count == 0 ? options : throw new InvalidConfigurationException(faults);
    }

    private static IConfigurationRoot Without(List<string> faults, IConfigurationSection root)
    {
        var paths = faults.ConvertAll(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]);
        var usable = root.AsEnumerable().Where(entry => entry.Value is not null && !paths.Exists(
            path => entry.Key == path || entry.Key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)));
        return new ConfigurationBuilder().AddInMemoryCollection(usable).Build();
    }

    private static void CheckShape(IConfigurationSection section, Type type, List<string> faults)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (DictionaryValue(type) is { } valueType)
        {
            if (section.Value is { Length: > 0 }) faults.Add($"{section.Path}: expected a section, not a value");
            foreach (var child in section.GetChildren()) CheckShape(child, valueType, faults);
        }
        else if (ListItem(type) is { } itemType)
        {
            if (section.Value is { Length: > 0 }) faults.Add($"{section.Path}: expected a list");
            foreach (var child in section.GetChildren()) CheckShape(child, itemType, faults);
        }
        else if (IsValue(type)) CheckValue(section, type, faults);
        else CheckObject(section, type, faults);
    }

    private static void CheckObject(IConfigurationSection section, Type type, List<string> faults)
    {
        if (section.Value is { Length: > 0 }) faults.Add($"{section.Path}: expected a section, not a value");
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)
            .ToList();
        foreach (var child in section.GetChildren())
        {
            var property = properties.Find(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                faults.Add(
                    $"{child.Path}: unknown key; known here: {string.Join(", ", properties.Select(p => p.Name))}");
            }
            else CheckShape(child, property.PropertyType, faults);
        }
    }

    private static void CheckValue(IConfigurationSection section, Type type, List<string> faults)
    {
        if (section.GetChildren().Any())
        {
            faults.Add($"{section.Path}: expected a value ({type.Name}), not a section");
            return;
        }

        if (section.Value is null || type == typeof(string)) return;
        if (!IsOf(type, section.Value)) faults.Add($"{section.Path}: \"{section.Value}\" is no {Describe(type)}");
    }

    private static bool IsOf(Type type, string value)
    {
        // The converter takes numbers too, of no name even, and several names for one: 0200 would be no message at all.
        if (type.IsEnum) return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase);
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception e) when (
            e is FormatException or OverflowException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    private static void Validate(object options, string path, List<string> faults)
    {
        var results = new List<ValidationResult>();
        var context = new ValidationContext(options);
        // With a property out of range the validator does not ask the class itself. Asked for what is required alone it
        // does, as soon as nothing is missing.
        if (!Validator.TryValidateObject(options, context, results, validateAllProperties: true))
            Validator.TryValidateObject(options, context, results, validateAllProperties: false);
        // What is missing is found both times.
        faults.AddRange(results.Select(result => Describe(result, path)).Distinct());

        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (IsValue(property.PropertyType) || property.GetIndexParameters().Length > 0) continue;
            if (property.GetValue(options) is not { } value) continue;
            ValidateChild(value, $"{path}:{property.Name}", faults);
        }
    }

    private static void ValidateChild(object value, string path, List<string> faults)
    {
        if (value is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
                if (entry.Value is { } child && !IsValue(child.GetType()))
                    Validate(child, $"{path}:{entry.Key}", faults);
        }
        else if (value is IEnumerable list)
        {
            var index = 0;
            foreach (var child in list)
            {
                if (child is not null && !IsValue(child.GetType())) Validate(child, $"{path}:{index}", faults);
                index++;
            }
        }
        else Validate(value, path, faults);
    }

    private static bool IsValue(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(
            decimal);
    }

    private static Type? DictionaryValue(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>)
            ? type.GetGenericArguments()[1]
            : null;

    private static Type? ListItem(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0]
        : null;

    private static string Describe(ValidationResult result, string path) =>
        $"{(result.MemberNames.FirstOrDefault() is { } member ? $"{path}:{member}" : path)}: {result.ErrorMessage}";

    private static string Describe(Type type) =>
        type == typeof(TimeSpan) ? "duration (hh:mm:ss)"
        : type == typeof(bool) ? "boolean (true or false)"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type.Name;
}

/// <summary>The configuration can't be used; the message names every fault with its path.</summary>
internal sealed class InvalidConfigurationException : Exception
{
    public InvalidConfigurationException(IReadOnlyList<string> faults)
        : base($"the configuration has {faults.Count} fault(s):{Environment.NewLine}  "
            + string.Join(Environment.NewLine + "  ", faults)) => Faults = faults;

    public IReadOnlyList<string> Faults { get; }
}
