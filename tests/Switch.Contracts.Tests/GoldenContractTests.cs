using Google.Protobuf.Reflection;
using Switch.Contracts.V1;

namespace Switch.Contracts.Tests;

/// <summary>
/// v1 is additive for ever: whatever a client was compiled against stays. The golden file is the contract as last
/// released; <c>UPDATE_GOLDEN=1</c> rewrites it after an addition.
/// </summary>
public sealed class GoldenContractTests
{
    private static readonly FileDescriptor[] Files =
    [
        TransactionReflection.Descriptor,
        AuthorizationServiceReflection.Descriptor,
        EventsReflection.Descriptor,
        OperationsServiceReflection.Descriptor,
        RecordsServiceReflection.Descriptor,
        StatisticsServiceReflection.Descriptor,
    ];

    private static string GoldenPath =>
        Path.Combine(AppContext.BaseDirectory, "../../../contract.golden.txt");

    [Fact]
    public void Contract_ComparedWithGolden_OnlyGrows()
    {
        var current = Files.SelectMany(Lines).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllLines(GoldenPath, current);

        var golden = File.ReadAllLines(GoldenPath);
        Assert.True(golden.Length > 150, "the golden file is not the whole contract");
        Assert.Empty(golden.Except(current));
    }

    [Fact]
    public void Contract_Additions_AreInTheGoldenFile() =>
        Assert.Empty(Files.SelectMany(Lines).Except(File.ReadAllLines(GoldenPath)));

    [Fact]
    public void Contract_EveryEnum_StartsWithUnspecified()
    {
        var enums = Files.SelectMany(f => f.EnumTypes.Concat(f.MessageTypes.SelectMany(m => m.EnumTypes))).ToList();
        Assert.NotEmpty(enums);
        Assert.All(enums, e => Assert.EndsWith("_UNSPECIFIED", e.FindValueByNumber(0).Name, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines(FileDescriptor file)
    {
        foreach (var type in file.EnumTypes)
            foreach (var line in Lines(type)) yield return line;
        foreach (var message in file.MessageTypes)
            foreach (var line in Lines(message)) yield return line;
        foreach (var service in file.Services)
            foreach (var method in service.Methods)
            {
                yield return $"rpc {method.FullName}"
                    + $" ({(method.IsClientStreaming ? "stream " : "")}{method.InputType.FullName})"
                    + $" returns ({(method.IsServerStreaming ? "stream " : "")}{method.OutputType.FullName})";
            }
    }

    private static IEnumerable<string> Lines(MessageDescriptor message)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var type = field.FieldType switch
            {
                FieldType.Message => field.MessageType.FullName,
                FieldType.Enum => field.EnumType.FullName,
                _ => field.FieldType.ToString().ToLowerInvariant(),
            };
            // Without "optional" a value left out and a zero look the same.
            var label = field.IsRepeated ? "repeated " : field.ToProto().Proto3Optional ? "optional " : "";
            yield return $"field {field.FullName} = {field.FieldNumber} {label}{type} json={field.JsonName}"
                + $" oneof={field.RealContainingOneof?.Name}";
        }

        foreach (var range in message.ToProto().ReservedRange)
            yield return $"reserved {message.FullName} {range.Start}-{range.End}";
        foreach (var type in message.EnumTypes)
            foreach (var line in Lines(type)) yield return line;
        foreach (var nested in message.NestedTypes)
            foreach (var line in Lines(nested)) yield return line;
    }

    // The end of an enum's range belongs to it; that of a message's is the first number behind it.
    private static IEnumerable<string> Lines(EnumDescriptor type) =>
        type.Values.Select(value => $"enum {value.FullName} = {value.Number}").Concat(
            type.ToProto().ReservedRange.Select(range => $"reserved {type.FullName} {range.Start}-{range.End}"));
}
