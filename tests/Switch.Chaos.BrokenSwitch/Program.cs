using Switch.BrokenVariants;
using Switch.Service.Hosting;

// The service with one deliberate fault, named by SWITCH_BROKEN. The chaos run must find it; nobody else starts this.
if (Variant.Find(Environment.GetEnvironmentVariable("SWITCH_BROKEN")) is not { } variant)
{
    await Console.Error.WriteLineAsync($"SWITCH_BROKEN must be one of: {string.Join(", ", Variant.Names)}");
    return 2;
}

await using var app = SwitchHost.Build(WebApplication.CreateSlimBuilder(args), variant.Break);
await app.RunAsync();
return 0;
